// Finds the numbers that internal/admission asks for: for each i an n so that SHA-256(SHA-256(token) || i || n) begins with so many zero bits. SHA-256 by hand
// (FIPS 180-4), because the browser's own is asynchronous, slower for short texts, and missing without https.
const K = new Uint32Array(64);
const START = new Uint32Array(8);
{
  const fraction = (x) => ((x - Math.floor(x)) * 4294967296) >>> 0;
  let found = 0;
  for (let n = 2; found < 64; n++) {
    let prime = true;
    for (let d = 2; d * d <= n; d++) prime = prime && n % d !== 0;
    if (!prime) continue;
    if (found < 8) START[found] = fraction(Math.sqrt(n));
    K[found++] = fraction(Math.cbrt(n));
  }
}

const w = new Uint32Array(64);
const state = new Uint32Array(8);

// One block of 16 words, which stand in w.
const mix = () => {
  for (let t = 16; t < 64; t++) {
    const x = w[t - 15], y = w[t - 2];
    const s0 = ((x >>> 7) | (x << 25)) ^ ((x >>> 18) | (x << 14)) ^ (x >>> 3);
    const s1 = ((y >>> 17) | (y << 15)) ^ ((y >>> 19) | (y << 13)) ^ (y >>> 10);
    w[t] = (w[t - 16] + s0 + w[t - 7] + s1) | 0;
  }
  let [a, b, c, d, e, f, g, h] = state;
  for (let t = 0; t < 64; t++) {
    const S1 = ((e >>> 6) | (e << 26)) ^ ((e >>> 11) | (e << 21)) ^ ((e >>> 25) | (e << 7));
    const t1 = (h + S1 + ((e & f) ^ (~e & g)) + K[t] + w[t]) | 0;
    const S0 = ((a >>> 2) | (a << 30)) ^ ((a >>> 13) | (a << 19)) ^ ((a >>> 22) | (a << 10));
    const t2 = (S0 + ((a & b) ^ (a & c) ^ (b & c))) | 0;
    h = g; g = f; f = e; e = (d + t1) | 0; d = c; c = b; b = a; a = (t1 + t2) | 0;
  }
  state[0] += a; state[1] += b; state[2] += c; state[3] += d; state[4] += e; state[5] += f; state[6] += g; state[7] += h;
};

const sha256 = (bytes) => {
  const blocks = Math.ceil((bytes.length + 9) / 64);
  const padded = new DataView(new ArrayBuffer(blocks * 64));
  bytes.forEach((byte, i) => padded.setUint8(i, byte));
  padded.setUint8(bytes.length, 0x80);
  padded.setUint32(blocks * 64 - 4, bytes.length * 8);
  state.set(START);
  for (let block = 0; block < blocks; block++) {
    for (let t = 0; t < 16; t++) w[t] = padded.getUint32(block * 64 + t * 4);
    mix();
  }
  return Uint32Array.from(state);
};

onmessage = ({ data: { token, bits, puzzles } }) => {
  const seed = sha256(new TextEncoder().encode(token));
  const numbers = [];
  for (let i = 0; i < puzzles; i++) {
    for (let n = 0; ; n++) {
      for (let t = 0; t < 8; t++) w[t] = seed[t];
      w[8] = (i << 24) | (n >>> 8);
      w[9] = (n << 24) | 0x800000;
      for (let t = 10; t < 15; t++) w[t] = 0;
      w[15] = 37 * 8;
      state.set(START);
      mix();
      if (state[0] >>> (32 - bits) === 0) {
        numbers.push(n);
        break;
      }
    }
    postMessage(numbers);
  }
};
