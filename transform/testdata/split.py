"""Split user data with cloud-init's own code.

Reads a JSON list of texts from stdin; writes a list with the parts of each:
content type, file name (the generated one where a part has none) and payload.
"""
import json
import logging
import sys
from email.mime.text import MIMEText

logging.disable(logging.CRITICAL)

from cloudinit import user_data, util  # noqa: E402


class Processor(user_data.UserDataProcessor):
    """Never fetches an #include."""

    def _do_include(self, content, append_msg):
        self._attach_part(append_msg, MIMEText(content, "x-include-url"))


def parts(text):
    found = []
    for part in Processor({}).process(text).walk():
        if part.get_content_maintype() == "multipart":
            continue
        payload = util.fully_decoded_payload(part)
        if isinstance(payload, bytes):
            payload = payload.decode("utf-8", "replace")
        name = part.get_filename() or "part-%03d" % (len(found) + 1)
        found.append({"Type": part.get_content_type(), "Name": util.clean_filename(name), "Payload": payload})
    return found


json.dump([parts(text) for text in json.load(sys.stdin)], sys.stdout)
