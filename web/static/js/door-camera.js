// The camera of the phone at the door (js/door.js): it reads day codes and participation codes, and keeps no picture.
globalThis.doorCamera = ({ reader: address, find, say, readTyped, checkIn }) => {
  if (!navigator.mediaDevices?.getUserMedia) return;
  const reader = async () => {
    if ("BarcodeDetector" in window && (await BarcodeDetector.getSupportedFormats()).includes("qr_code")) {
      const detector = new BarcodeDetector({ formats: ["qr_code"] });
      return async (video) => (await detector.detect(video))[0]?.rawValue;
    }
    if (!window.jsQR) {
      await new Promise((done, failed) => {
        const script = document.createElement("script");
        script.src = address;
        script.addEventListener("load", done);
        script.addEventListener("error", failed);
        document.head.append(script);
      });
    }
    const canvas = document.createElement("canvas");
    const brush = canvas.getContext("2d", { willReadFrequently: true });
    return async (video) => {
      const scale = Math.min(1, 640 / video.videoWidth);
      canvas.width = video.videoWidth * scale;
      canvas.height = video.videoHeight * scale;
      brush.drawImage(video, 0, 0, canvas.width, canvas.height);
      const { data, width, height } = brush.getImageData(0, 0, canvas.width, canvas.height);
      return jsQR(data, width, height)?.data;
    };
  };

  find("camera").hidden = false;
  const button = find("scan");
  const video = find("video");
  const words = [...button.childNodes].find((node) => node.nodeType === Node.TEXT_NODE);
  let stream = null;
  let timer = 0;
  const stop = () => {
    clearInterval(timer);
    for (const track of stream?.getTracks() ?? []) track.stop();
    stream = video.srcObject = null;
    video.hidden = true;
    words.textContent = "カメラで読みとる";
  };
  const start = async () => {
    try {
      const read = await reader();
      stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
      video.srcObject = stream;
      video.hidden = false;
      words.textContent = "カメラを止める";
      await video.play();
      let seen = "";
      let busy = false;
      timer = setInterval(async () => {
        if (busy || !video.videoWidth) return;
        busy = true;
        const found = await read(video).catch(() => "");
        if (found && found !== seen) {
          seen = found;
          setTimeout(() => { seen = ""; }, 5000);
          const shown = readTyped(found.match(/\/t#([0-9A-Z]{26})$/)?.[1] ?? found);
          if (shown) await checkIn(shown);
          else say("info", "これは受付の番号ではありません。", "参加票の「受付で見せる番号」を読みとってください。");
        }
        busy = false;
      }, 200);
    } catch {
      stop();
      say("info", "カメラを使えませんでした。", "6けたの番号を聞いて、入れてください。");
    }
  };
  button.addEventListener("click", () => (stream ? stop() : start()));
  addEventListener("pagehide", stop);
};
