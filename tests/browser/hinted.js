// Reports how the style sheet that 103 announced was found.
addEventListener("load", () => {
  const entries = performance.getEntriesByType("resource");
  const sheet = entries.find(entry => entry.name.endsWith("/style.css"));
  const report = {initiator: sheet?.initiatorType ?? "never asked for"};
  fetch("/report?" + encodeURIComponent(JSON.stringify(report)));
});
