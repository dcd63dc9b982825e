//! What the analysis knows, as bytes: so that a start need not fold the whole log.

use std::collections::BTreeMap;
use std::sync::Arc;

use postcard::experimental::serialized_size as size;

use super::state::{Analysis, Memory};
use crate::logic::assess::Assessor;
use crate::logic::cluster::model_mark;
use crate::logic::rules::RuleSet;

/// Number of the snapshot's form; another one is not read but folded anew from the log.
pub const SNAPSHOT_FORMAT: u32 = 17;

/// Why a snapshot cannot be used. The log can: fold it from the beginning.
#[derive(Debug, thiserror::Error)]
pub enum SnapshotError {
    /// Another version wrote it.
    #[error("the snapshot has form {found}, this version reads form {SNAPSHOT_FORMAT}")]
    Format {
        /// The number found.
        found: u32,
    },
    /// It was made with another table of meanings.
    #[error("the snapshot was made with another table of meanings ([clusters] model)")]
    Model,
    /// It is damaged.
    #[error("the snapshot cannot be read: {0}")]
    Damaged(#[from] postcard::Error),
}

impl Analysis {
    /// All that was learnt, as bytes.
    ///
    /// # Errors
    /// When it cannot be written as bytes, which means a bug.
    pub fn snapshot(&self) -> Result<Vec<u8>, SnapshotError> {
        // Counted first: a buffer that grows takes twice as much while it is copied, and the system is not given that back.
        let size = size(&self.memory)?;
        let mut bytes = Vec::with_capacity(12 + size);
        bytes.extend(SNAPSHOT_FORMAT.to_le_bytes());
        bytes.extend(model_mark().to_le_bytes());
        Ok(postcard::to_io(&self.memory, bytes)?)
    }

    /// Bytes of a snapshot by what they are about, all products together: what has grown can be named.
    ///
    /// # Errors
    /// When it cannot be written as bytes, which means a bug.
    pub fn sizes(&self) -> Result<BTreeMap<&'static str, usize>, SnapshotError> {
        let mut sizes = BTreeMap::new();
        let mut add =
            |what: &'static str, bytes: Result<usize, postcard::Error>| -> Result<(), SnapshotError> {
                *sizes.entry(what).or_default() += bytes?;
                Ok(())
            };
        for product in self.memory.products.values() {
            let clusters = product.clusters.sizes().into_iter().chain(product.ideas.sizes());
            clusters.into_iter().try_for_each(|(what, bytes)| add(what, bytes))?;
            add("pool", size(&product.pool))?;
            add("nearby", size(&product.nearby))?;
            add("causes", size(&product.causes))?;
            add("copies", size(&product.copies))?;
            add("days", size(&product.days))?;
            add("chorus", size(&product.chorus))?;
            add("sharing", size(&product.sharing))?;
            add("series", size(&product.series))?;
            add("topics", size(&product.topics))?;
            add("alerts", size(&product.alerts))?;
            add(
                "openings, fixes and raised bars",
                size(&(&product.openings, &product.fixes, &product.raised)),
            )?;
        }
        add("tongue", size(&self.memory.tongue))?;
        add("teams", size(&(&self.memory.team_logs, &self.memory.lids, &self.memory.left)))?;
        Ok(sizes)
    }

    /// What [`Analysis::snapshot`] wrote.
    ///
    /// # Errors
    /// The bytes are of another form, or damaged.
    pub fn restore(bytes: &[u8]) -> Result<Self, SnapshotError> {
        let head: [u8; 4] = bytes.get(..4).and_then(|b| b.try_into().ok()).unwrap_or_default();
        let found = u32::from_le_bytes(head);
        if found != SNAPSHOT_FORMAT {
            return Err(SnapshotError::Format { found });
        }
        let mark: [u8; 8] = bytes.get(4..12).and_then(|b| b.try_into().ok()).unwrap_or_default();
        if u64::from_le_bytes(mark) != model_mark() {
            return Err(SnapshotError::Model);
        }
        let memory: Memory = postcard::from_bytes(bytes.get(12..).unwrap_or_default())?;
        let mut analysis = Self::default();
        let files = memory.rule_files.clone();
        analysis.memory = memory;
        if let (Some(rules), _) = RuleSet::load(&files) {
            analysis.rules = Arc::new(rules);
        }
        analysis.assessor = Arc::new(Assessor::shared(&files).naming(&analysis.rules));
        Ok(analysis)
    }
}
