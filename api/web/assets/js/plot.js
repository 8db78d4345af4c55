// Inside the frame: draws the figures that the page hands over and tells it of clicks. The first
// message brings the port that everything else passes.
"use strict";

(() => {
  const target = document.getElementById("plot");
  let port = null;
  let wired = false;
  let latest = 0;

  // What is sent across must be plain data.
  const plain = (value) => (value === undefined ? null : JSON.parse(JSON.stringify(value)));

  async function draw({ number, data, layout, config, title }) {
    document.title = title;
    await Plotly.react(target, data, layout, { responsive: true, displaylogo: false, ...config });
    if (!wired) {
      wired = true;
      target.on("plotly_click", (event) => {
        const point = event.points[0];
        port.postMessage({
          kind: "click",
          custom: plain(point.customdata),
          trace: point.curveNumber,
          index: plain(point.pointNumber),
        });
      });
      target.on("plotly_relayout", () => {
        const { xaxis, yaxis } = target.layout;
        port.postMessage({ kind: "view", after: latest, x: plain(xaxis?.range), y: plain(yaxis?.range) });
      });
    }
    port.postMessage({ kind: "drawn", number });
  }

  async function change({ number, layout }) {
    await Plotly.relayout(target, layout);
    port.postMessage({ kind: "changed", number });
  }

  async function picture({ number, format, width, height, scale, layout }) {
    const whole = { data: target.data, layout: { ...target.layout, ...layout } };
    const url = await Plotly.toImage(whole, { format, width, height, scale });
    port.postMessage({ kind: "picture", number, url });
  }

  const answers = { draw, change, picture };

  addEventListener("message", (event) => {
    if (port !== null || event.source !== parent || event.ports.length !== 1) return;
    port = event.ports[0];
    port.onmessage = async ({ data }) => {
      latest = data.number;
      try {
        await answers[data.kind](data);
      } catch (error) {
        port.postMessage({ kind: "failed", number: data.number, why: String(error) });
      }
    };
    port.postMessage({ kind: "ready" });
  });
})();
