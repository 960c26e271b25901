// Before the first paint: nobody is dazzled at three in the morning. The apps use the same key and names.
(function () {
  var root = document.documentElement, key = "nachtronde-theme", names = ["nacht", "donker", "licht"];
  function set(name) { if (names.indexOf(name) >= 0) root.dataset.theme = name; }
  try { set(localStorage.getItem(key)); } catch (blocked) { /* the page keeps its own theme */ }
  document.addEventListener("click", function (event) {
    var button = event.target.closest && event.target.closest("[data-set-theme]");
    if (!button) return;
    set(button.dataset.setTheme);
    try { localStorage.setItem(key, button.dataset.setTheme); } catch (blocked) { /* for this page only */ }
  });
})();
