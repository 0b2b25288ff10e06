//! The table and the JSON.

use serde_json::{Value, json};

use super::Options;
use super::peer::{Load, POSTGRAPHILE};

/// All that was measured.
pub(super) struct Results {
    pub(super) peers: Vec<(&'static str, Vec<Load>)>,
    pub(super) statements: Vec<String>,
    pub(super) live: Value,
    pub(super) sockets: Value,
    pub(super) jobs: Value,
}

/// Medians of a peer's turns.
struct Median {
    rate: f64,
    p50: f64,
    p99: f64,
    bytes: f64,
}

fn median(values: impl Iterator<Item = f64>) -> f64 {
    let mut values: Vec<f64> = values.collect();
    values.sort_by(f64::total_cmp);
    let middle = values.len() / 2;
    match values.len() {
        0 => f64::NAN,
        n if n % 2 == 0 => f64::midpoint(values[middle - 1], values[middle]),
        _ => values[middle],
    }
}

impl Median {
    fn of(loads: &[Load]) -> Self {
        let over = |value: fn(&Load) -> f64| median(loads.iter().map(value));
        Self {
            rate: over(Load::rate),
            p50: over(|load| load.p50_ms),
            p99: over(|load| load.p99_ms),
            bytes: over(|load| load.bytes as f64 / load.requests as f64),
        }
    }
}

impl Results {
    fn median(&self, name: &str) -> Option<Median> {
        let (_, loads) = self.peers.iter().find(|(peer, _)| *peer == name)?;
        Some(Median::of(loads))
    }

    /// What is compared, with the goal it has.
    fn goals(&self) -> Vec<(&'static str, f64, &'static str, bool)> {
        let mut goals = Vec::new();
        let ours = self.median("smartstack");
        if let (Some(ours), Some(theirs)) = (&ours, self.median(POSTGRAPHILE)) {
            let rate = ours.rate / theirs.rate;
            goals.push(("requests/s against PostGraphile", rate, "≥ 3", rate >= 3.0));
            let p99 = ours.p99 / theirs.p99;
            goals.push(("p99 against PostGraphile", p99, "≤ 0.5", p99 <= 0.5));
        }
        if let (Some(ours), Some(theirs)) = (&ours, self.median("by-hand")) {
            let rate = ours.rate / theirs.rate;
            goals.push((
                "requests/s against the endpoint by hand",
                rate,
                "≥ 0.7",
                rate >= 0.7,
            ));
        }
        if let Some(p99) = self.live["p99_ms"].as_f64() {
            goals.push(("write → socket, p99, ms", p99, "≤ 100", p99 <= 100.0));
        }
        if let Some(size) = self.sockets["subscribed_kB"].as_f64() {
            goals.push(("memory of a subscribed socket, kB", size, "≤ 50", size <= 50.0));
        }
        if let Some(share) = self.jobs["runtime"]["share"].as_f64() {
            goals.push((
                "the worker's runtime against a bare loop",
                share,
                "≥ 0.8",
                share >= 0.8,
            ));
        }
        let lists = self
            .statements
            .iter()
            .filter(|sql| sql.starts_with("SELECT"))
            .count();
        goals.push(("statements of a list", lists as f64, "≤ 3", lists <= 3));
        goals
    }

    pub(super) fn table(&self) -> String {
        let mut text = String::from("\n  50 tasks with relations   requests/s    p50 ms    p99 ms   bytes\n");
        for (name, loads) in &self.peers {
            let it = Median::of(loads);
            text.push_str(&format!(
                "  {name:<24} {:>11.0} {:>9.2} {:>9.2} {:>7.0}\n",
                it.rate, it.p50, it.p99, it.bytes
            ));
        }
        text.push('\n');
        for (what, value, goal, met) in self.goals() {
            let mark = if met { "met" } else { "MISSED" };
            text.push_str(&format!("  {what:<42} {value:>8.2}   goal {goal:<6} {mark}\n"));
        }
        if !self.jobs.is_null() {
            let number = |value: &Value| value.as_f64().unwrap_or(f64::NAN);
            let (read, seen) = (&self.jobs["texts_per_second"], &self.jobs["suggestion"]);
            text.push_str(&format!(
                "\n  Texts read by the rules, a second: {:.0}; from a text to its suggestion: p50 {:.0} ms, p99 {:.0} ms\n",
                number(read),
                number(&seen["p50_ms"]),
                number(&seen["p99_ms"])
            ));
        }
        text.push_str("\n  What the list sends to the database:\n");
        for sql in &self.statements {
            let short: String = sql.chars().take(110).collect();
            text.push_str(&format!("    {short}\n"));
        }
        text
    }

    pub(super) fn json(&self, options: &Options) -> Value {
        json!({
            "options": { "rounds": options.rounds, "seconds": options.seconds, "concurrency": options.concurrency },
            "processors": std::thread::available_parallelism().map_or(0, usize::from),
            "list": self.peers.iter().map(|(name, turns)| {
                let it = Median::of(turns);
                json!({ "peer": name, "requests_per_second": it.rate, "p50_ms": it.p50, "p99_ms": it.p99, "turns": turns })
            }).collect::<Vec<_>>(),
            "live": self.live,
            "sockets": self.sockets,
            "jobs": self.jobs,
            "statements": self.statements,
            "goals": self.goals().iter().map(|(what, value, goal, met)| {
                json!({ "what": what, "value": value, "goal": goal, "met": met })
            }).collect::<Vec<_>>(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::median;

    #[test]
    fn a_median_is_the_middle() {
        assert_eq!(median([3.0, 1.0, 2.0].into_iter()), 2.0);
        assert_eq!(median([4.0, 1.0].into_iter()), 2.5);
    }
}
