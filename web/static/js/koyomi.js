// Marks this entry of the tab's history, so that pages before it show nothing when the browser goes back to them. Only the tab knows the mark.
window.navigation?.updateCurrentEntry({ state: { left: true } });
