import { useEffect, useRef, type PointerEvent } from "react";
import { Button } from "../components/Button";
import { t } from "../i18n";

export type Strokes = [number, number][][];

const WIDTH = 600;
const HEIGHT = 180;

interface Props {
  strokes: Strokes;
  onStrokes: (strokes: Strokes) => void;
}

/** A pad to draw on with mouse, finger or pen. Whoever cannot draw types instead, which is worth the same. */
export function SignaturePad({ strokes, onStrokes }: Props) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const current = useRef<[number, number][]>(undefined);

  useEffect(() => {
    const pen = canvas.current?.getContext("2d");
    if (!pen) return;
    pen.clearRect(0, 0, WIDTH, HEIGHT);
    pen.lineWidth = 2.5;
    pen.lineCap = pen.lineJoin = "round";
    pen.strokeStyle = "#10233a";
    for (const stroke of strokes) {
      pen.beginPath();
      stroke.forEach(([x, y], index) => (index === 0 ? pen.moveTo(x, y) : pen.lineTo(x, y)));
      pen.stroke();
    }
  }, [strokes]);

  const point = (event: PointerEvent): [number, number] => {
    const box = event.currentTarget.getBoundingClientRect();
    const clamp = (value: number, most: number) => Math.round(Math.min(Math.max(value, 0), most) * 10) / 10;
    return [
      clamp(((event.clientX - box.left) / box.width) * WIDTH, WIDTH),
      clamp(((event.clientY - box.top) / box.height) * HEIGHT, HEIGHT),
    ];
  };

  return (
    <div className="pad">
      <canvas
        ref={canvas}
        width={WIDTH}
        height={HEIGHT}
        role="img"
        aria-label={t("adopt.pad")}
        onPointerDown={(event) => {
          event.currentTarget.setPointerCapture(event.pointerId);
          current.current = [point(event)];
          onStrokes([...strokes, current.current]);
        }}
        onPointerMove={(event) => {
          if (!current.current) return;
          current.current = [...current.current, point(event)];
          onStrokes([...strokes.slice(0, -1), current.current]);
        }}
        onPointerUp={() => (current.current = undefined)}
        onPointerCancel={() => (current.current = undefined)}
      />
      <div className="pad-tools">
        <p className="hint">{t("adopt.pad.hint")}</p>
        <Button kind="quiet" onClick={() => onStrokes([])}>
          {t("adopt.pad.clear")}
        </Button>
      </div>
    </div>
  );
}
