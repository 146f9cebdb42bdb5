/**
 * For scripts of pages: `watchTurns()` runs a timer as often as it may come, every 4 ms, and tells how often it came and
 * the longest time, in milliseconds, that something held it up.
 */
export const watchTurns = `
  function watchTurns() {
    const watched = { turns: 0, longest: 0, stop: () => clearTimeout(timer) };
    let last = performance.now();
    const turn = () => {
      const now = performance.now();
      watched.turns += 1;
      watched.longest = Math.max(watched.longest, now - last);
      last = now;
      timer = setTimeout(turn);
    };
    let timer = setTimeout(turn);
    return watched;
  }
`;
