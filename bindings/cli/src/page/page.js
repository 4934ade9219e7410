"use strict";
const text = document.getElementById("text");
const state = document.getElementById("state");
const shown = document.getElementById("shown");
const rows = Array.from(document.querySelectorAll(".orders tbody tr"), (row) => ({
  row,
  state: row.dataset.state,
  text: row.textContent.toLowerCase(),
}));

function filter() {
  const wanted = text.value.trim().toLowerCase();
  let count = 0;
  for (const order of rows) {
    const matches = order.text.includes(wanted) && ["", order.state].includes(state.value);
    order.row.hidden = !matches;
    count += matches;
  }
  shown.value = `${count} of ${rows.length} shown`;
}

text.addEventListener("input", filter);
state.addEventListener("input", filter);
document.getElementById("filter").addEventListener("submit", (event) => event.preventDefault());
document.getElementById("filter").hidden = false;
filter();
