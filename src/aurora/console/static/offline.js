// The page offline: goes back to what was asked for as soon as there is a network.
const again = () => location.reload();
document.getElementById("again").addEventListener("click", again);
addEventListener("online", again);
