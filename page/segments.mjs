// Go's linker writes the data of a WebAssembly module as tens of thousands of
// segments, to leave out zeros. Their headers do not compress; the zeros do.

// withOneSegment returns a module whose data are one segment. Memory is zero where
// no segment writes, so that the module means the same.
export function withOneSegment(module) {
  const parts = [module.subarray(0, 8)];
  for (let at = 8; at < module.length; ) {
    const id = module[at];
    const [size, start] = unsigned(module, at + 1);
    const section = module.subarray(at, start + size);
    parts.push(id === dataSection ? oneSegment(module.subarray(start, start + size)) : section);
    at = start + size;
  }
  return Buffer.concat(parts);
}

const dataSection = 11;

function oneSegment(section) {
  let [count, at] = unsigned(section, 0);
  const segments = [];
  for (; count > 0; count--) {
    if (section[at] !== 0 || section[at + 1] !== 0x41) throw new Error("a data segment is not active at a constant of memory 0");
    const [offset, end] = signed(section, at + 2);
    if (section[end] !== 0x0b) throw new Error("a data segment has an offset that is not one constant");
    const [size, start] = unsigned(section, end + 1);
    segments.push({ offset, bytes: section.subarray(start, start + size) });
    at = start + size;
  }
  if (at !== section.length) throw new Error("the data section does not end with its last segment");
  const first = Math.min(...[segments[0].offset, segments[segments.length - 1].offset]);
  let last = 0;
  for (const { offset, bytes } of segments) {
    if (offset < first) throw new Error("the data segments are not in order");
    last = Math.max(last, offset + bytes.length);
  }
  const image = Buffer.alloc(last - first);
  for (const { offset, bytes } of segments) bytes.copy(image, offset - first);
  const body = Buffer.concat([bytesOf(1), Buffer.from([0, 0x41]), signedBytes(first), Buffer.from([0x0b]), bytesOf(image.length), image]);
  return Buffer.concat([Buffer.from([dataSection]), bytesOf(body.length), body]);
}

// The integers of WebAssembly are LEB128.
function unsigned(b, at) {
  let n = 0;
  for (let shift = 0; ; shift += 7) {
    const c = b[at++];
    n += (c & 0x7f) * 2 ** shift;
    if (c < 0x80) return [n, at];
  }
}

function signed(b, at) {
  let n = 0, shift = 0, c;
  do {
    c = b[at++];
    n |= (c & 0x7f) << shift;
    shift += 7;
  } while (c >= 0x80);
  return [shift < 32 && c & 0x40 ? n | (-1 << shift) : n, at];
}

function bytesOf(n) {
  const all = [];
  do {
    const c = n % 128;
    n = Math.floor(n / 128);
    all.push(n > 0 ? c | 0x80 : c);
  } while (n > 0);
  return Buffer.from(all);
}

function signedBytes(n) {
  const all = [];
  for (;;) {
    const c = n & 0x7f;
    n >>= 7;
    if ((n === 0 && !(c & 0x40)) || (n === -1 && c & 0x40)) return Buffer.from([...all, c]);
    all.push(c | 0x80);
  }
}
