// A stand-in for wpt's testharness.js: as much of it as generated wrappers need,
// in windows and in workers of every kind. A page tells the one that frames it.
(() => {
  const results = [];
  const listeners = [];
  let isDone = false;
  const tell = () => {
    if (isDone) listeners.splice(0).forEach(post => post(results));
  };

  globalThis.test = (run, name) => {
    try {
      run();
      results.push(`${name}: pass`);
    } catch (error) {
      results.push(`${name}: ${error}`);
    }
  };
  globalThis.done = () => {
    isDone = true;
    tell();
  };

  if (typeof document === "object") {
    const report = results => {
      const page = location.pathname + location.search;
      const title = document.title;
      parent.postMessage({ page, title, results, injected: globalThis.injected }, "*");
    };
    listeners.push(report);
    addEventListener("load", () => results.length && done());
    globalThis.fetch_tests_from_worker = worker => {
      const source = worker.port ?? (worker.scriptURL ? navigator.serviceWorker : worker);
      source.addEventListener("message", event => report(event.data));
      worker.onerror = event => report([`the worker failed: ${event.message}`]);
      if (worker.scriptURL) {
        navigator.serviceWorker.startMessages();
        worker.postMessage("connect");
      }
      worker.port?.start();
    };
  } else if (typeof DedicatedWorkerGlobalScope === "function") {
    listeners.push(results => postMessage(results));
  } else {
    const add = port => {
      listeners.push(results => port.postMessage(results));
      tell();
    };
    addEventListener("connect", event => add(event.ports[0]));
    addEventListener("message", event => add(event.source));
  }
})();
