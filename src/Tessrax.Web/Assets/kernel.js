// Plays a decision's film: marks with data-f appear from their picture on. Until somebody asks, it shows the last one, as it does without a script.
const film = document.getElementById("film");
const marks = [...film.querySelectorAll("[data-f]")];
const captions = [...document.querySelectorAll("#film-captions > li")].map((line) => line.textContent);
const said = document.getElementById("film-said");
const range = document.getElementById("film-at");
const play = document.getElementById("film-play");
const last = captions.length - 1;
const each = 1400;
let at = last;
let playing = null;

function show(picture) {
  at = Math.min(Math.max(picture, 0), last);
  film.classList.add("live");
  for (const mark of marks) {
    const of = Number(mark.dataset.f);
    mark.classList.toggle("on", mark.classList.contains("cap") ? of === at : of <= at);
  }
  range.value = String(at + 1);
  range.setAttribute("aria-valuetext", `${at + 1} of ${last + 1}: ${captions[at]}`);
  said.textContent = `${at + 1} of ${last + 1}: ${captions[at]}`;
}

function pause() {
  clearInterval(playing);
  playing = null;
  play.textContent = "Play";
  play.setAttribute("aria-pressed", "false");
}

function step(by) {
  pause();
  show(at + by);
}

play.addEventListener("click", () => {
  if (playing !== null) {
    pause();
    return;
  }
  show(at === last ? 0 : at + 1);
  play.textContent = "Pause";
  play.setAttribute("aria-pressed", "true");
  playing = setInterval(() => {
    show(at + 1);
    if (at === last) pause();
  }, each);
});
document.getElementById("film-back").addEventListener("click", () => step(-1));
document.getElementById("film-on").addEventListener("click", () => step(1));
range.addEventListener("input", () => {
  pause();
  show(Number(range.value) - 1);
});
film.dataset.ready = "";
