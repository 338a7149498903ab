// Reports that the page is there, with all that belongs to it.
addEventListener("load", () => fetch("/report?true"));
