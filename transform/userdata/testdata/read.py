"""Read user data with cloud-init's own code, without running any of it.

Reads a JSON list of texts from stdin; writes, for each, a list of the scripts
that would run, in order: stage, file name and text. The instance is the first
of its launch, and every variable of jinja is X1.
"""
import json
import logging
import os
import shutil
import sys
import tempfile

logging.disable(logging.CRITICAL)

from cloudinit import handlers, helpers, subp, user_data, util  # noqa: E402
from cloudinit.config import cc_bootcmd, cc_runcmd  # noqa: E402
from cloudinit.filters import launch_index  # noqa: E402
from cloudinit.handlers.boot_hook import BootHookPartHandler  # noqa: E402
from cloudinit.handlers.cloud_config import CloudConfigPartHandler  # noqa: E402
from cloudinit.handlers.jinja_template import JinjaTemplatePartHandler  # noqa: E402
from cloudinit.handlers.shell_script import ShellScriptPartHandler  # noqa: E402
from cloudinit.handlers.shell_script_by_frequency import ShellScriptByFreqPartHandler  # noqa: E402
from cloudinit.settings import PER_ALWAYS, PER_INSTANCE, PER_ONCE  # noqa: E402

LOG = logging.getLogger("read")


class Instance:
    """What cloud-init asks a datasource and a cloud for."""

    def __init__(self, paths):
        self.paths = paths

    def get_instance_id(self):
        return "i-1"

    def get_ipath(self, name):
        return self.paths.get_ipath(name)


class Processor(user_data.UserDataProcessor):
    """Never fetches an #include."""

    def _do_include(self, content, append_msg):
        pass


# Nothing is asked of the disk for how files are to be marked.
util.chownbyname = lambda *args: None
subp.is_exe = os.path.isfile


def scripts(text, directory):
    shutil.rmtree(directory, ignore_errors=True)
    os.makedirs(directory + "/run")
    instance = Instance(None)
    paths = helpers.Paths({"cloud_dir": directory, "run_dir": directory + "/run"}, ds=instance)
    instance.paths = paths
    os.makedirs(directory + "/instances/i-1")
    os.symlink("instances/i-1", directory + "/instance")
    variables = {"instance_id": "X1", "region": "X1"}
    with open(paths.get_runpath("instance_data_sensitive"), "w") as f:
        json.dump({"v1": variables, "ds": {"meta_data": variables}}, f)

    ran = []

    def run(args, **kwargs):
        with open(args[-1], newline="") as f:
            ran.append(f.read())

    config = CloudConfigPartHandler(paths)
    shell = ShellScriptPartHandler(paths)
    known = helpers.ContentHandlers()
    for handler in [config, shell, *(ShellScriptByFreqPartHandler(f, paths) for f in (PER_ALWAYS, PER_INSTANCE, PER_ONCE)),
                    BootHookPartHandler(paths, instance), JinjaTemplatePartHandler(paths, sub_handlers=[config, shell])]:
        known.register(handler, overwrite=False)
    original, subp.subp = subp.subp, run
    try:
        message = launch_index.Filter(0).apply(Processor(paths).process(text.encode()))
        unique = list(dict.fromkeys(handler for _, handler in known.items()))
        for handler in unique:
            handlers.call_begin(handler, None, PER_INSTANCE)
        handlers.walk(message, handlers.walker_callback, {
            "handlers": known, "handlerdir": directory, "data": None,
            "frequency": PER_INSTANCE, "handlercount": 0, "excluded": []})
        for handler in unique:
            handlers.call_end(handler, None, PER_INSTANCE)
        found = [{"Stage": "boothook", "Name": "", "Text": t} for t in ran]
        del ran[:]
        merged = util.load_yaml(util.load_file(paths.get_ipath("cloud_config")) or "{}") or {}
        for name, module in ("bootcmd", cc_bootcmd), ("runcmd", cc_runcmd):
            try:
                module.handle(name, merged, instance, LOG, [])
            except Exception:
                pass
        found += [{"Stage": "bootcmd", "Name": "bootcmd", "Text": t} for t in ran]
    finally:
        subp.subp = original
    for stage, folder in (("per-once", "scripts/per-once"), ("per-boot", "scripts/per-boot"),
                          ("per-instance", "scripts/per-instance"), ("script", "instance/scripts")):
        folder = os.path.join(directory, folder)
        for name in sorted(os.listdir(folder)) if os.path.isdir(folder) else []:
            with open(os.path.join(folder, name), newline="") as f:
                found.append({"Stage": stage, "Name": name, "Text": f.read()})
    return found


with tempfile.TemporaryDirectory() as top:
    json.dump([scripts(text, top + "/cloud") for text in json.load(sys.stdin)], sys.stdout)
