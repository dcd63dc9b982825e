//! The index: a derived reader of the log (tantivy), to find posts by their words. Its commit payload is the position in
//! the log that it has read up to (invariant 5); a lost or damaged index is built anew.

mod translate;

use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};

use tantivy::collector::TopDocs;
use tantivy::directory::MmapDirectory;
use tantivy::schema::{
    FAST, Field, INDEXED, IndexRecordOption, STRING, Schema, TextFieldIndexing, TextOptions,
};
use tantivy::tokenizer::{PreTokenizedString, Token as IndexToken};
use tantivy::{Index as Tantivy, IndexWriter, Order, TantivyDocument, Term};

use crate::ground::entry::{Body, Entry};
use crate::ground::post::{Post, PostKey};
use crate::logic::rules::Query;
use crate::logic::text::{Kind, Lang, TOKENS_FORM, tokenize};

/// Folder of the index below the data folder. The number is that of its form: another form is another folder.
const FOLDER: &str = "index-1";
/// Memory for indexing, in bytes; tantivy asks for 15 MB at least.
const WRITER_BYTES: usize = 32 << 20;

/// Why the index could not do it.
#[derive(Debug, thiserror::Error)]
pub enum IndexError {
    /// Tantivy says no.
    #[error("the index in {} failed: {source}; it holds nothing that the log does not: stop the daemon, delete that folder, and start again", folder.display())]
    Tantivy {
        /// Folder of the index.
        folder: PathBuf,
        /// What tantivy says.
        source: tantivy::TantivyError,
    },
    /// The folder cannot be made or written.
    #[error("the index folder {} cannot be used: {source}", folder.display())]
    Folder {
        /// Folder of the index.
        folder: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
}

/// The fields of a document.
#[derive(Clone, Copy)]
struct Fields {
    seq: Field,
    key: Field,
    words: Field,
}

/// The index of one data folder.
pub struct PostIndex {
    folder: PathBuf,
    index: Tantivy,
    fields: Fields,
    writer: Option<IndexWriter>,
    position: u64,
    /// The form of the words in it, where it holds any.
    tokens: Option<u32>,
}

impl PostIndex {
    /// Opens the index below a data folder for writing, making it where it is absent and making it anew where it is
    /// damaged or holds words as an earlier version cut them. [`PostIndex::position`] says from where it has to catch up.
    ///
    /// # Errors
    /// The folder cannot be used, or another process writes it.
    pub fn open(data: &Path) -> Result<Self, IndexError> {
        let mut opened = match Self::open_for_reading(data) {
            Ok(opened) => opened,
            Err(IndexError::Tantivy { folder, source }) => {
                tracing::warn!(folder = %folder.display(), error = %source, "the index is damaged and is built anew from the log");
                std::fs::remove_dir_all(&folder).map_err(|source| IndexError::Folder { folder, source })?;
                Self::open_for_reading(data)?
            }
            Err(other) => return Err(other),
        };
        if let Some(found) = opened.tokens.filter(|found| *found != TOKENS_FORM) {
            let folder = opened.folder.clone();
            tracing::info!(folder = %folder.display(), found, wanted = TOKENS_FORM, "the index holds words as another version cut them and is built anew from the log");
            drop(opened);
            std::fs::remove_dir_all(&folder).map_err(|source| IndexError::Folder { folder, source })?;
            opened = Self::open_for_reading(data)?;
        }
        let writer = opened.index.writer_with_num_threads(1, WRITER_BYTES).map_err(|e| opened.fail(e))?;
        opened.writer = Some(writer);
        Ok(opened)
    }

    /// Takes away the index below a data folder, if there is one: it is of another log.
    ///
    /// # Errors
    /// The folder cannot be removed.
    pub fn remove(data: &Path) -> Result<(), IndexError> {
        let folder = data.join(FOLDER);
        match std::fs::remove_dir_all(&folder) {
            Err(source) if source.kind() != std::io::ErrorKind::NotFound => {
                Err(IndexError::Folder { folder, source })
            }
            _ => Ok(()),
        }
    }

    /// Opens the index for searching only.
    ///
    /// # Errors
    /// The folder cannot be used, or the index is damaged.
    pub fn open_for_reading(data: &Path) -> Result<Self, IndexError> {
        let folder = data.join(FOLDER);
        // It holds words of posts: only we look into it, wherever it lies.
        std::fs::DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(&folder)
            .map_err(|source| IndexError::Folder { folder: folder.clone(), source })?;
        let mut schema = Schema::builder();
        let words = TextOptions::default().set_indexing_options(
            TextFieldIndexing::default()
                .set_tokenizer("raw")
                .set_index_option(IndexRecordOption::Basic)
                .set_fieldnorms(false),
        );
        let fields = Fields {
            seq: schema.add_u64_field("seq", FAST | INDEXED),
            key: schema.add_text_field("key", STRING),
            words: schema.add_text_field("words", words),
        };
        let fail = |source| IndexError::Tantivy { folder: folder.clone(), source };
        let directory = MmapDirectory::open(&folder).map_err(|e| fail(e.into()))?;
        let index = Tantivy::open_or_create(directory, schema.build()).map_err(fail)?;
        let payload = index.load_metas().map_err(fail)?.payload;
        let (position, tokens) = payload.map_or((0, None), |payload| covered(&payload));
        // Who reads an index of other words finds what is the same in both; it is told that the rest is still to come.
        let position = if tokens == Some(TOKENS_FORM) { position } else { 0 };
        Ok(Self { folder: folder.clone(), index, fields, writer: None, position, tokens })
    }

    /// Files of the index that are not as they were written: each carries a checksum.
    ///
    /// # Errors
    /// A file cannot be read.
    pub fn damaged_files(&self) -> Result<Vec<PathBuf>, IndexError> {
        let fail = |source| IndexError::Tantivy { folder: self.folder.clone(), source };
        let files = self.index.validate_checksum().map_err(fail)?;
        Ok(files.into_iter().collect())
    }

    /// Position in the log up to which the committed index has read.
    pub fn position(&self) -> u64 {
        self.position
    }

    /// Takes in one entry; it can be found after the next [`PostIndex::commit`].
    ///
    /// # Errors
    /// Tantivy's writer has died.
    pub fn add(&mut self, entry: &Entry) -> Result<(), IndexError> {
        match &entry.body {
            Body::Post { post, .. } => {
                self.delete(&post.key());
                self.insert(entry.seq, post)
            }
            Body::Delete(key) => {
                self.delete(key);
                Ok(())
            }
            _ => Ok(()),
        }
    }

    fn delete(&mut self, key: &PostKey) {
        if let Some(writer) = &self.writer {
            writer.delete_term(Term::from_field_text(self.fields.key, &key_text(key)));
        }
    }

    fn insert(&mut self, seq: u64, post: &Post) -> Result<(), IndexError> {
        let mut document = TantivyDocument::default();
        document.add_u64(self.fields.seq, seq);
        document.add_text(self.fields.key, key_text(&post.key()));
        document.add_pre_tokenized_text(self.fields.words, words_of(post));
        let Some(writer) = &self.writer else { return Ok(()) };
        writer.add_document(document).map(|_| ()).map_err(|e| self.fail(e))
    }

    /// Makes what was added findable, and durable with the position it covers.
    ///
    /// # Errors
    /// The disk is full or broken.
    pub fn commit(&mut self, position: u64) -> Result<(), IndexError> {
        let Some(writer) = &mut self.writer else { return Ok(()) };
        let done = writer.prepare_commit().and_then(|mut commit| {
            commit.set_payload(&format!("{position} {TOKENS_FORM}"));
            commit.commit()
        });
        done.map_err(|e| self.fail(e))?;
        // Tantivy renames its meta file after syncing the folder; without this a power cut can undo the commit.
        std::fs::File::open(&self.folder)
            .and_then(|folder| folder.sync_all())
            .map_err(|source| IndexError::Folder { folder: self.folder.clone(), source })?;
        (self.position, self.tokens) = (position, Some(TOKENS_FORM));
        Ok(())
    }

    /// Positions in the log of posts that may match a query, newest first: all that do are among them.
    ///
    /// # Errors
    /// The index cannot be read.
    pub fn candidates(&self, query: &Query, most: usize, skip: usize) -> Result<Vec<u64>, IndexError> {
        let reader = self.index.reader().map_err(|e| self.fail(e))?;
        let searcher = reader.searcher();
        let query = translate::candidates(query.root(), self.fields.words);
        let newest =
            TopDocs::with_limit(most.max(1)).and_offset(skip).order_by_fast_field::<u64>("seq", Order::Desc);
        let found = searcher.search(&query, &newest).map_err(|e| self.fail(e))?;
        Ok(found.into_iter().filter_map(|(seq, _)| seq).collect())
    }

    /// Number of posts in the index.
    ///
    /// # Errors
    /// The index cannot be read.
    pub fn count(&self) -> Result<u64, IndexError> {
        Ok(self.index.reader().map_err(|e| self.fail(e))?.searcher().num_docs())
    }

    fn fail(&self, source: tantivy::TantivyError) -> IndexError {
        IndexError::Tantivy { folder: self.folder.clone(), source }
    }
}

/// The position that a commit covers, and the form of its words; before that was noted, it was the first.
fn covered(payload: &str) -> (u64, Option<u32>) {
    let (position, tokens) = payload.split_once(' ').unwrap_or((payload, "1"));
    (position.parse().unwrap_or(0), tokens.parse().ok().or(Some(0)))
}

fn key_text(key: &PostKey) -> String {
    format!("{}\u{0}{}", key.source, key.id)
}

/// The post's words as rules see them: each as it is folded, and as its stem.
fn words_of(post: &Post) -> PreTokenizedString {
    let text = post.full_text();
    let lang = Lang::of(&text, post.lang.as_deref());
    let mut tokens = Vec::new();
    for (position, token) in tokenize(&text, lang).into_iter().enumerate() {
        let mut push = |text: String| {
            tokens.push(IndexToken {
                offset_from: token.start,
                offset_to: token.end,
                position,
                text,
                position_length: 1,
            });
        };
        if token.kind == Kind::Word || token.kind == Kind::Tag {
            push(translate::stem_term(&token.stem));
        }
        push(token.folded);
    }
    PreTokenizedString { text: String::new(), tokens }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ground::post::{Incoming, parse_line};
    use crate::ground::time::Timestamp;
    use crate::logic::rules::parse_query;

    fn entry(seq: u64, id: &str, text: &str) -> Entry {
        let line =
            serde_json::json!({"id": id, "source": "s", "text": text, "created_at": "2025-01-06T00:00:00Z"});
        let Ok(Incoming::Post(post)) = parse_line(line.to_string().as_bytes(), None) else {
            panic!("no post")
        };
        Entry { seq, at: Timestamp::UNIX_EPOCH, body: Body::Post { post, history: false } }
    }

    fn found(index: &PostIndex, query: &str) -> Vec<u64> {
        index.candidates(&parse_query(query).unwrap(), 10, 0).unwrap()
    }

    #[test]
    fn words_stems_prefixes_and_tags_are_found_newest_first() {
        let dir = tempfile::tempdir().unwrap();
        let mut index = PostIndex::open(dir.path()).unwrap();
        let texts = ["it crashes daily", "no crash here #mini9", "Crème brûlée", "über alles"];
        for (i, text) in texts.iter().enumerate() {
            index.add(&entry(i as u64 + 1, &i.to_string(), text)).unwrap();
        }
        index.commit(4).unwrap();
        assert_eq!(found(&index, "crashed"), [2, 1]);
        assert_eq!(found(&index, "creme AND \"brulee\""), [3]);
        assert_eq!(found(&index, "cras*"), [2, 1]);
        assert_eq!(found(&index, "#mini9"), [2]);
        assert_eq!(found(&index, "crash NOT #mini9"), [2, 1], "NOT is checked on the post itself");
    }

    #[test]
    fn the_commit_carries_the_position_and_what_was_not_committed_is_added_again() {
        let dir = tempfile::tempdir().unwrap();
        let mut index = PostIndex::open(dir.path()).unwrap();
        index.add(&entry(1, "a", "first")).unwrap();
        index.commit(1).unwrap();
        index.add(&entry(2, "b", "second")).unwrap();
        drop(index);
        let mut index = PostIndex::open(dir.path()).unwrap();
        assert_eq!((index.position(), found(&index, "second").len()), (1, 0));
        index.add(&entry(2, "b", "second")).unwrap();
        index.commit(2).unwrap();
        assert_eq!(found(&index, "second"), [2]);
    }

    #[test]
    fn an_edit_takes_the_place_of_the_post_and_a_deletion_removes_it() {
        let dir = tempfile::tempdir().unwrap();
        let mut index = PostIndex::open(dir.path()).unwrap();
        index.add(&entry(1, "a", "old words")).unwrap();
        index.commit(1).unwrap();
        index.add(&entry(2, "a", "new words")).unwrap();
        index.commit(2).unwrap();
        assert_eq!((found(&index, "words"), found(&index, "old").len()), (vec![2], 0));
        let key = PostKey { source: "s".into(), id: "a".into() };
        index.add(&Entry { seq: 3, at: Timestamp::UNIX_EPOCH, body: Body::Delete(key) }).unwrap();
        index.commit(3).unwrap();
        assert_eq!((found(&index, "words").len(), index.count().unwrap()), (0, 0));
    }

    #[test]
    fn a_damaged_index_is_built_anew() {
        let dir = tempfile::tempdir().unwrap();
        let mut index = PostIndex::open(dir.path()).unwrap();
        index.add(&entry(1, "a", "first")).unwrap();
        index.commit(1).unwrap();
        drop(index);
        std::fs::write(dir.path().join(FOLDER).join("meta.json"), "{").unwrap();
        let index = PostIndex::open(dir.path()).unwrap();
        assert_eq!((index.position(), index.count().unwrap()), (0, 0));
    }

    #[test]
    fn an_index_of_other_words_is_built_anew() {
        let dir = tempfile::tempdir().unwrap();
        let mut index = PostIndex::open(dir.path()).unwrap();
        index.add(&entry(1, "a", "first")).unwrap();
        index.commit(1).unwrap();
        // As a version before this one left it: the position alone.
        let mut commit = index.writer.as_mut().unwrap().prepare_commit().unwrap();
        commit.set_payload("1");
        commit.commit().unwrap();
        drop(index);
        let read = PostIndex::open_for_reading(dir.path()).unwrap();
        assert_eq!(
            (read.position(), found(&read, "first")),
            (0, vec![1]),
            "old words serve until there are new ones"
        );
        let mut index = PostIndex::open(dir.path()).unwrap();
        assert_eq!((index.position(), index.count().unwrap()), (0, 0));
        index.add(&entry(1, "a", "first")).unwrap();
        index.commit(1).unwrap();
        drop(index);
        let index = PostIndex::open(dir.path()).unwrap();
        assert_eq!((index.position(), index.count().unwrap()), (1, 1), "and it stays");
    }
}
