// The colours of rnn_course/figures/palette.py, on light and on dark.
import palette from "./palette.json";

const channels = (hex) => [1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16));

function mixed(from, to, share) {
  const other = channels(to);
  return channels(from).map((value, k) => Math.round(value + share * (other[k] - value)));
}

function luminance(rgb) {
  const linear = rgb.map((value) => {
    const c = value / 255;
    return c <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2];
}

function fill(rgb) {
  const ink = (luminance(rgb) + 0.05) ** 2 > 0.05 * 1.05 ? "#000" : "#fff";
  return { background: `rgb(${rgb.join(", ")})`, color: ink };
}

// Zero has the paper's colour; -largest and largest the two ends of the scale.
export function signed(value, largest, mode) {
  const { paper, signed: ends } = palette[mode];
  const share = Math.min(1, Math.abs(value) / largest);
  return fill(mixed(paper, ends[value < 0 ? 0 : 1], share));
}

// From the paper's colour at 0 to the scale's end at 1.
export function share(value, mode) {
  const { paper, share: [half, end] } = palette[mode];
  const low = value < 0.5;
  const rgb = low
    ? mixed(paper, half, 2 * value)
    : mixed(half, end, 2 * value - 1);
  return fill(rgb);
}

export function variables(mode) {
  const { paper, ink, muted, ghost, share: [, accent] } = palette[mode];
  return { "--paper": paper, "--ink": ink, "--muted": muted, "--ghost": ghost, "--accent": accent };
}
