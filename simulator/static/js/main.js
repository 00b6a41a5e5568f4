// Puts the page together.

import { Drawer } from "./drawer.js";
import { Market } from "./market.js";
import { connect } from "./socket.js";
import { Stage } from "./stage.js";
import { on } from "./store.js";
import { TopBar } from "./top_bar.js";

const market = new Market();
const stage = new Stage(document.getElementById("stage"), market);
const drawer = new Drawer(document.getElementById("drawer"), market, stage);
new TopBar(document.getElementById("bar"), market, drawer);

on("market-up", () => stage.begin());
on("taps", () => stage.phones.forEach((phone) => phone.head.drawTaps()));

await market.start();
connect();
