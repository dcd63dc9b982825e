//! The chart of the last weeks: one bar a day, and the usual as a line. Painted as PNG for e-mail (which shows no
//! SVG) and as SVG for pages. No words in it: those stand beside it, where every reader can have them.

use std::fmt::Write as _;

use tiny_skia::{Color, FillRule, Paint, PathBuilder, Pixmap, Rect, Stroke, StrokeDash, Transform};

use crate::ground::alert::{AlertEvent, DayCount};
use crate::ground::time::day_of;

/// Size in pixels, for screens with two pixels a point: it is shown at half.
const WIDTH: f32 = 1104.0;
const HEIGHT: f32 = 264.0;
/// Room at the left for the scale's figures.
const LEFT: f32 = 90.0;
const TOP: f32 = 22.0;
const BOTTOM: f32 = 18.0;
/// Days at most: more would be bars thinner than a point.
const MAX_DAYS: usize = 180;

/// Colours that stand out (3:1 and more) on white and on near-black alike, since the background is the reader's.
const BEFORE: (u8, u8, u8) = (0x7e, 0x95, 0xb5);
const NOW: (u8, u8, u8) = (0xe2, 0x57, 0x2b);
const USUAL: (u8, u8, u8) = (0x0f, 0x8b, 0x8d);
const SCALE: (u8, u8, u8) = (0x84, 0x8c, 0x96);

/// The chart before it is painted, in pixels.
#[derive(Debug)]
pub(super) struct Chart {
    bars: Vec<Bar>,
    /// Points of the line of the usual.
    usual: Vec<(f32, f32)>,
    /// Lines of the scale: height and figure.
    scale: Vec<(f32, u32)>,
}

#[derive(Debug)]
struct Bar {
    x: f32,
    y: f32,
    width: f32,
    height: f32,
    now: bool,
}

impl Chart {
    /// The chart of the event's series. Days from the alert's first window on are in the colour of now.
    pub(super) fn of(event: &AlertEvent) -> Self {
        Self::new(&event.series, day_of(event.since))
    }

    /// The chart of a series; days from `now_from` on are in the colour of now.
    pub(super) fn new(series: &[DayCount], now_from: i64) -> Self {
        let shown = series.get(series.len().saturating_sub(MAX_DAYS)..).unwrap_or(series);
        let most = shown.iter().map(|d| f64::from(d.people).max(clean(d.expected))).fold(2.0, f64::max);
        let step = scale_step(most);
        let top = (most / f64::from(step)).ceil() * f64::from(step);
        let floor = HEIGHT - BOTTOM;
        let y = |value: f64| floor - (value / top) as f32 * (floor - TOP);
        let slot = (WIDTH - LEFT) / shown.len().max(1) as f32;
        let width = (slot * 0.72).clamp(2.0, 48.0);
        let middle = |index: usize| LEFT + (index as f32 + 0.5) * slot;
        let bars = shown
            .iter()
            .enumerate()
            .filter(|(_, day)| day.people > 0)
            .map(|(index, day)| {
                let y = y(f64::from(day.people));
                Bar { x: middle(index) - width / 2.0, y, width, height: floor - y, now: day.day >= now_from }
            })
            .collect();
        let usual =
            shown.iter().enumerate().map(|(index, day)| (middle(index), y(clean(day.expected)))).collect();
        let lines = (top / f64::from(step)).round() as u32;
        let scale =
            (0..=lines).map(|n| (y(f64::from(n) * f64::from(step)), n.saturating_mul(step))).collect();
        Self { bars, usual, scale }
    }

    /// The chart as PNG, on nothing (transparent). Empty when the machine has no memory for it.
    pub(super) fn png(&self) -> Vec<u8> {
        let Some(mut map) = Pixmap::new(WIDTH as u32, HEIGHT as u32) else { return Vec::new() };
        for (y, figure) in &self.scale {
            fill(
                &mut map,
                LEFT - 8.0,
                *y,
                WIDTH - LEFT + 8.0,
                2.0,
                SCALE,
                if *figure == 0 { 1.0 } else { 0.35 },
            );
            digits(&mut map, LEFT - 16.0, *y, *figure);
        }
        for bar in &self.bars {
            fill(&mut map, bar.x, bar.y, bar.width, bar.height, if bar.now { NOW } else { BEFORE }, 1.0);
        }
        let mut path = PathBuilder::new();
        for (index, (x, y)) in self.usual.iter().enumerate() {
            if index == 0 { path.move_to(*x, *y) } else { path.line_to(*x, *y) }
        }
        if let Some(path) = path.finish() {
            let stroke =
                Stroke { width: 5.0, dash: StrokeDash::new(vec![14.0, 9.0], 0.0), ..Stroke::default() };
            map.stroke_path(&path, &paint(USUAL, 1.0), &stroke, Transform::identity(), None);
        }
        map.encode_png().unwrap_or_default()
    }

    /// The chart as SVG, without a size of its own: it takes the width it is given. `alt` says what it shows.
    pub(super) fn svg(&self, alt: &str) -> String {
        let mut out = format!(
            "<svg viewBox=\"0 0 {WIDTH} {HEIGHT}\" role=\"img\" aria-label=\"{}\" xmlns=\"http://www.w3.org/2000/svg\">",
            escaped(alt)
        );
        for (y, figure) in &self.scale {
            let faint = if *figure == 0 { 1.0 } else { 0.35 };
            let x = LEFT - 8.0;
            let _ = write!(
                out,
                "<path d=\"M{x} {y:.1}H{WIDTH}\" stroke=\"{}\" stroke-width=\"2\" opacity=\"{faint}\"/>",
                hex(SCALE)
            );
            let _ = write!(
                out,
                "<text x=\"{:.0}\" y=\"{:.1}\" text-anchor=\"end\" font-size=\"28\" fill=\"{}\">{figure}</text>",
                LEFT - 16.0,
                y + 8.0,
                hex(SCALE)
            );
        }
        for bar in &self.bars {
            let colour = hex(if bar.now { NOW } else { BEFORE });
            let Bar { x, y, width, height, .. } = bar;
            let _ = write!(
                out,
                "<rect x=\"{x:.1}\" y=\"{y:.1}\" width=\"{width:.1}\" height=\"{height:.1}\" rx=\"2\" fill=\"{colour}\"/>"
            );
        }
        let points: Vec<String> = self.usual.iter().map(|(x, y)| format!("{x:.1},{y:.1}")).collect();
        let _ = write!(
            out,
            "<polyline points=\"{}\" fill=\"none\" stroke=\"{}\" stroke-width=\"5\" stroke-dasharray=\"14 9\"/></svg>",
            points.join(" "),
            hex(USUAL)
        );
        out
    }
}

/// Steps of 1, 2 or 5 times a power of ten, at most three of them to the top.
fn scale_step(most: f64) -> u32 {
    let mut unit = 1_u32;
    loop {
        for factor in [1, 2, 5] {
            let step = unit.saturating_mul(factor);
            if most / f64::from(step) <= 3.0 || step >= 1_000_000_000 {
                return step;
            }
        }
        unit = unit.saturating_mul(10);
    }
}

fn clean(expected: f64) -> f64 {
    if expected.is_finite() { expected.clamp(0.0, 1e9) } else { 0.0 }
}

fn paint((r, g, b): (u8, u8, u8), opacity: f32) -> Paint<'static> {
    let mut paint = Paint { anti_alias: true, ..Paint::default() };
    let part = |c: u8| f32::from(c) / 255.0;
    paint.set_color(Color::from_rgba(part(r), part(g), part(b), opacity).unwrap_or(Color::BLACK));
    paint
}

fn fill(map: &mut Pixmap, x: f32, y: f32, width: f32, height: f32, colour: (u8, u8, u8), opacity: f32) {
    let Some(rect) = Rect::from_xywh(x, y, width, height.max(1.0)) else { return };
    map.fill_path(
        &PathBuilder::from_rect(rect),
        &paint(colour, opacity),
        FillRule::Winding,
        Transform::identity(),
        None,
    );
}

/// Figures of 3 × 5 squares, ending at `right`, centred on `y`: enough for a scale, and no font needed.
fn digits(map: &mut Pixmap, right: f32, y: f32, figure: u32) {
    const SQUARE: f32 = 6.0;
    let text = figure.to_string();
    if text.len() > 3 {
        return;
    }
    let mut x = right - text.len() as f32 * SQUARE * 4.0 + SQUARE;
    for digit in text.chars() {
        for (row, bits) in shape(digit).iter().enumerate() {
            for column in 0..3_u8 {
                if bits & (4 >> column) != 0 {
                    let left = x + f32::from(column) * SQUARE;
                    let top = y - 2.5 * SQUARE + 1.0 + row as f32 * SQUARE;
                    fill(map, left, top, SQUARE, SQUARE, SCALE, 1.0);
                }
            }
        }
        x += SQUARE * 4.0;
    }
}

fn shape(digit: char) -> [u8; 5] {
    match digit {
        '0' => [7, 5, 5, 5, 7],
        '1' => [2, 6, 2, 2, 7],
        '2' => [7, 1, 7, 4, 7],
        '3' => [7, 1, 7, 1, 7],
        '4' => [5, 5, 7, 1, 1],
        '5' => [7, 4, 7, 1, 7],
        '6' => [7, 4, 7, 5, 7],
        '7' => [7, 1, 1, 2, 2],
        '8' => [7, 5, 7, 5, 7],
        _ => [7, 5, 7, 1, 7],
    }
}

fn hex((r, g, b): (u8, u8, u8)) -> String {
    format!("#{r:02x}{g:02x}{b:02x}")
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn series(people: &[u32]) -> Vec<DayCount> {
        people
            .iter()
            .enumerate()
            .map(|(day, people)| DayCount { day: day as i64, people: *people, expected: 0.4 })
            .collect()
    }

    #[test]
    fn a_day_is_a_bar_and_the_days_of_now_stand_out() {
        let chart = Chart::new(&series(&[0, 1, 0, 3, 4]), 3);
        assert_eq!(chart.bars.iter().map(|b| b.now).collect::<Vec<_>>(), [false, true, true]);
        assert!(chart.bars[2].height > chart.bars[1].height);
        assert_eq!(chart.scale.iter().map(|(_, figure)| *figure).collect::<Vec<_>>(), [0, 2, 4]);
    }

    #[test]
    fn nothing_to_show_and_absurd_figures_are_painted_all_the_same() {
        assert!(Chart::new(&[], 0).png().starts_with(b"\x89PNG"));
        let mut wild = series(&[u32::MAX, 1]);
        wild[1].expected = f64::NAN;
        assert!(Chart::new(&wild, 0).png().starts_with(b"\x89PNG"));
        let long = vec![DayCount { day: 1, people: 2, expected: f64::INFINITY }; 5_000];
        assert_eq!(Chart::new(&long, 0).bars.len(), MAX_DAYS);
    }

    #[test]
    fn the_same_series_is_the_same_picture() {
        let days = series(&[0, 1, 2, 0, 5]);
        let png = Chart::new(&days, 4).png();
        assert_eq!(png, Chart::new(&days, 4).png());
        assert!(png.len() < 20_000, "{} bytes", png.len());
    }

    #[test]
    fn what_the_svg_says_is_escaped() {
        let svg = Chart::new(&series(&[1]), 0).svg("\"><script>");
        assert!(svg.contains("aria-label=\"&quot;&gt;&lt;script&gt;\""), "{svg}");
    }
}
