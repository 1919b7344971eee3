// Opens every form of a card, fills every input, and gives back what each button would send.
function everyTap(json) {
  const sent = [];
  const card = new AdaptiveCards.AdaptiveCard();
  card.onExecuteAction = (action) => {
    if (["Action.Execute", "Action.Submit"].includes(action.getJsonTypeName())) {
      sent.push({ verb: action.verb, data: JSON.parse(JSON.stringify(action.data ?? {})) });
    }
  };
  card.parse(json, new AdaptiveCards.SerializationContext(AdaptiveCards.Versions.v1_5));
  document.getElementById("card").replaceChildren(card.render());
  const actions = actionsOf(card);
  const forms = actions.filter((action) => action.getJsonTypeName() === "Action.ShowCard");
  tapAll(actions.filter((action) => !forms.includes(action) && !forms.some((form) => isInside(action, form))));
  for (const form of forms) {
    form.execute();
    tapAll(actionsOf(form.card));
  }
  return sent;
}

// The renderer lists the actions of an ActionSet twice.
function actionsOf(card) {
  return [...new Set(card.getAllActions())];
}

function isInside(action, form) {
  return form.card.getAllActions().includes(action);
}

function tapAll(actions) {
  fillInputs();
  actions.forEach((action) => action.execute());
}

function fillInputs() {
  const place = document.getElementById("card");
  place.querySelectorAll("textarea, input[type=text], input:not([type])").forEach((box) => fill(box, "words"));
  place.querySelectorAll("select").forEach((box) => fill(box, box.options[box.options.length - 1].value));
}

function fill(box, value) {
  box.value = value;
  box.dispatchEvent(new Event("input", { bubbles: true }));
  box.dispatchEvent(new Event("change", { bubbles: true }));
}
