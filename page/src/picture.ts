// The picture: a node with its pods, the metadata service, and who reads. It says
// what the table in docs/proof.md says about what is locked.

import { svg } from "./dom";
import type { Readers, Reads } from "./engine";

const words: Record<Reads, string> = { any: "reads", IMDSv1: "reads by IMDSv1", IMDSv2: "reads by IMDSv2", no: "no", unknown: "not known" };

const width = 420, height = 236;
const wall = 200; // where the node ends
const service = 330; // where the service begins

// stop says what keeps a pod from reading, if anything.
function stop(readers: Readers, row: "pod" | "branch" | "other"): string {
  if (readers[row] !== "no") return words[readers[row]];
  const isDropped = readers.iptables === "strict" || readers.iptables === "aws" && row !== "other" || readers.iptables === "eni" && row === "pod";
  return isDropped ? "dropped" : "no answer";
}

// arrow draws a request at a height: it arrives, is dropped on the node, or gets no
// answer across the hop.
function arrow(y: number, reads: Reads, says: string, isPod: boolean): SVGElement[] {
  const start = 182, label = svg("text", { x: wall + 9, y: y - 7, class: "says" }, says);
  if (reads === "no") {
    const at = says === "dropped" ? wall - 6 : service - 12;
    return [
      svg("path", { d: `M${start} ${y} H${at}`, class: says === "dropped" ? "line stopped" : "line stopped dash" }),
      svg("path", { d: `M${at} ${y - 9} V${y + 9}`, class: "bar" }), label,
    ];
  }
  const kind = reads === "unknown" ? "unknown" : isPod ? "reads" : "allowed";
  return [
    svg("path", { d: `M${start} ${y} H${service - 11}`, class: `line ${kind}${reads === "unknown" ? " dash" : ""}` }),
    svg("path", { d: `M${service - 12} ${y - 6} L${service - 1} ${y} L${service - 12} ${y + 6} Z`, class: `tip ${kind}` }), label,
  ];
}

// describe says the same in words.
export function describe(readers: Readers): string {
  if (readers.isNothing) return "The template launches no nodes.";
  const of = (row: "pod" | "branch" | "other") => (readers[row] === "no" ? "does not read" : words[readers[row]]);
  const old = readers.isOld ? " A group stays on version 1 of its launch template, whatever the template says." : "";
  return `A pod ${of("pod")}; a pod with a branch interface ${of("branch")}; a pod behind another interface ${of("other")}; the node, and pods with hostNetwork, ${words[readers.node]}.${old}`;
}

// draw returns the picture of what is locked.
export function draw(title: string, readers: Readers): SVGElement {
  const rows: ["pod" | "branch" | "other", string, number][] = [["pod", "eni…", 52], ["branch", "vlan…, branch", 96], ["other", "another interface", 140]];
  const middle = (service + width) / 2;
  const picture = svg("svg", { viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": `${title}. ${describe(readers)}` },
    svg("rect", { x: 1, y: 1, width: wall - 1, height: height - 2, rx: 8, class: "outer" }),
    svg("text", { x: 14, y: 22, class: "name" }, "node"),
    svg("rect", { x: service, y: 1, width: width - service - 1, height: height - 2, rx: 8, class: "outer" }),
    svg("text", { x: middle, y: 90, class: "name middle" }, "metadata"),
    svg("text", { x: middle, y: 107, class: "name middle" }, "service"),
    svg("text", { x: middle, y: 129, class: "soft middle" }, "169.254"),
    svg("text", { x: middle, y: 144, class: "soft middle" }, ".169.254"));
  for (const [row, more, y] of rows) {
    picture.append(
      svg("rect", { x: 12, y: y - 18, width: 170, height: 36, rx: 6, class: "inner" }),
      svg("text", { x: 24, y: y + 5 }, svg("tspan", { class: "name" }, "pod"), svg("tspan", { class: "soft", dx: 7 }, more)));
    if (!readers.isNothing) picture.append(...arrow(y, readers[row], stop(readers, row), true));
  }
  picture.append(
    svg("rect", { x: 12, y: 176, width: 170, height: 48, rx: 6, class: "inner" }),
    svg("text", { x: 24, y: 196, class: "name" }, "kubelet, agents"),
    svg("text", { x: 24, y: 214, class: "soft" }, "pods with hostNetwork"));
  if (!readers.isNothing) picture.append(...arrow(200, readers.node, words[readers.node], false));
  return picture;
}
