// Runs before a page's own scripts, and remembers what it is told.
globalThis.watch = { shift: 0, moved: [], violations: [] };
new PerformanceObserver((list) => {
  for (const entry of list.getEntries()) {
    if (entry.hadRecentInput) continue;
    watch.shift += entry.value;
    watch.moved.push(...entry.sources.map((source) => source.node && (source.node.className || source.node.nodeName)));
  }
}).observe({ type: "layout-shift", buffered: true });
addEventListener("securitypolicyviolation", (event) => {
  watch.violations.push(`${event.effectiveDirective} ${event.blockedURI}`);
});
