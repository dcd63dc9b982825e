//! The end of a run, when nothing goes wrong any more.

use std::time::Duration;

use groundswell::assembly::daemon::Order;
use groundswell::edges::store::Store;
use groundswell::ground::time::Clock;
use tokio::sync::oneshot;

use super::served::health;
use super::{Dead, Life, Simulation};

impl Simulation<'_> {
    /// All is calm: what was said is heard, what is due is sent.
    pub(super) fn drain(&mut self, life: &mut Life) -> Result<(), String> {
        for _ in 0..3_000 {
            let heard = self.stream.is_read() && self.hook.is_read();
            let done = self.drain_some(life).map_err(|Dead| self.why("it dies although all is calm"))?;
            if heard && done {
                return Ok(());
            }
        }
        Err("letters wait for ever although all is calm".into())
    }

    /// Does the next thing; whether nothing is left after it.
    fn drain_some(&mut self, life: &mut Life) -> Result<bool, Dead> {
        if !self.stream.is_read() {
            return self.listen(life).map(|()| false);
        }
        if !self.hook.is_read() {
            return self.receive(life).map(|()| false);
        }
        self.clock.wait(Duration::from_secs(3_600));
        self.obey(life, Order::Second(health()))?;
        self.letters(life)?;
        let (done, mut wait) = oneshot::channel();
        self.obey(life, Order::IsDone(done))?;
        Ok(wait.try_recv() == Ok(true))
    }

    pub(super) fn why(&self, what: &str) -> String {
        format!("{what}: {:?}", self.around.get().unexpected)
    }

    pub(super) fn finish(&mut self, mut life: Life) -> Result<u64, String> {
        self.obey(&mut life, Order::Stop).map_err(|Dead| "it does not stop in order")?;
        let store = Store::open_existing(self.data).map_err(|e| e.to_string())?;
        let (decided, last) =
            (store.position().map_err(|e| e.to_string())?, store.last_entry().map_err(|e| e.to_string())?);
        if decided != last {
            return Err(format!("the log ends with {last} and {decided} were read"));
        }
        if self.acknowledged > self.hook.at {
            return Err("what was acknowledged is to be sent again".into());
        }
        Ok(last)
    }
}
