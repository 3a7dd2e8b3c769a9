import { find } from "./dom.ts";

/** The volume slider and its button. Phones have keys for that, and no slider here. */
export function controlVolume(audio: HTMLAudioElement): void {
  const slider = find("#volume", HTMLInputElement);
  const mute = find("#mute", HTMLButtonElement);

  slider.addEventListener("input", () => {
    audio.volume = slider.valueAsNumber;
    audio.muted = false;
  });
  mute.addEventListener("click", () => {
    audio.muted = !audio.muted;
  });
  const show = () => {
    const isSilent = audio.muted || audio.volume === 0;
    slider.value = String(isSilent ? 0 : audio.volume);
    slider.ariaValueText = `${Math.round(slider.valueAsNumber * 100)} %`;
    slider.style.setProperty("--played", slider.value);
    mute.ariaPressed = String(isSilent);
  };
  audio.addEventListener("volumechange", show);
  show();
}
