// META: title=In every <scope> & out
// META: global=window,window-module,worker,dedicatedworker-module,sharedworker-module,serviceworker-module
// META: script=/helper.js?x="1"&y
// META: timeout=long
test(() => {
  if (helped !== "by a script") throw new Error(helped);
  // Modules are not told where they are before they run.
  if (!self.GLOBAL) return;
  const isWindow = typeof document === "object";
  if (GLOBAL.isWindow() !== isWindow) throw new Error("isWindow");
  if (GLOBAL.isWorker() === isWindow) throw new Error("isWorker");
  if (GLOBAL.isShadowRealm()) throw new Error("isShadowRealm");
  if (!isWindow && META_TITLE !== "In every <scope> & out") throw new Error(META_TITLE);
}, self.location.search);
