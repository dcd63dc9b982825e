//! What is kept of the complaints of late, and how it changes: edits, deletions, weights that were learnt since.

use std::collections::VecDeque;

use serde::Deserialize;

use super::{
    Centre, Chance, FIRST_WEIGHED, KEPT, Nearby, Neighbour, PostKey, SAMPLED, Saying, Tongue, Vector,
    Vocabulary,
};

/// What a snapshot holds; the rest follows from it.
#[derive(Deserialize)]
pub(super) struct Kept {
    posts: VecDeque<Neighbour>,
    next: u64,
    weigh_at: u64,
    pieces: Vocabulary,
    words: Vocabulary,
    centre: Centre,
    chance: Chance,
}

impl From<Kept> for Nearby {
    fn from(Kept { posts, next, weigh_at, pieces, words, centre, chance }: Kept) -> Self {
        let mut nearby = Self { next, weigh_at, pieces, words, centre, chance, ..Self::default() };
        for post in &posts {
            *nearby.voices.entry(post.voice).or_default() += 1;
            for (feature, weight) in post.vector.iter() {
                nearby.postings.entry(feature).or_default().push_back((post.number, weight));
            }
        }
        Self { posts, ..nearby }
    }
}

impl Nearby {
    /// A post says something else now: it keeps its place. `false` where it is not kept.
    pub fn edit(&mut self, tongue: &Tongue, saying: &Saying, key: &PostKey, dangerous: bool) -> bool {
        let Some(at) = self.posts.iter().position(|p| p.key == *key) else { return false };
        let (vector, meaning) = (self.vector(tongue, saying), self.meaning(tongue, saying));
        let Some(post) = self.posts.get_mut(at) else { return false };
        let number = post.number;
        for (feature, _) in std::mem::replace(&mut post.vector, vector).iter() {
            if let Some(list) = self.postings.get_mut(&feature) {
                list.retain(|(n, _)| *n != number);
                if list.is_empty() {
                    self.postings.remove(&feature);
                }
            }
        }
        (post.saying, post.meaning, post.dangerous) = (saying.clone(), meaning, dangerous);
        for (feature, weight) in post.vector.iter() {
            // In order of number, as they were heard.
            let list = self.postings.entry(feature).or_default();
            let place = list.partition_point(|(n, _)| *n < number);
            list.insert(place, (number, weight));
        }
        true
    }

    /// A post is gone: its words leave.
    pub fn forget(&mut self, key: &PostKey) {
        let gone: Vec<u64> = self.posts.iter().filter(|p| p.key == *key).map(|p| p.number).collect();
        for number in gone {
            let first = self.posts.front().map_or(0, |p| p.number);
            if let Some(post) = self.posts.get_mut((number - first) as usize) {
                for (feature, _) in std::mem::take(&mut post.vector).iter() {
                    if let Some(list) = self.postings.get_mut(&feature) {
                        list.retain(|(n, _)| *n != number);
                        if list.is_empty() {
                            self.postings.remove(&feature);
                        }
                    }
                }
                post.meaning.clear();
                // The place stays, so that numbers keep; an empty key is nobody's.
                post.key = PostKey { source: String::new(), id: String::new() };
                post.saying = Saying::default();
            }
        }
    }

    /// What posts say is weighed by what was known when they came. A product is known better by and by, so that old
    /// posts would look less and less alike: all are weighed anew each time twice as many have been heard, and then
    /// as often as the neighbourhood has been replaced.
    pub(super) fn weigh_anew(&mut self, tongue: &Tongue) {
        self.weigh_at = self.next + self.next.clamp(FIRST_WEIGHED, KEPT as u64);
        let vectors: Vec<(Vector, Vec<f32>)> = self
            .posts
            .iter()
            .map(|p| (self.vector(tongue, &p.saying), self.meaning(tongue, &p.saying)))
            .collect();
        self.postings.clear();
        for (post, (vector, meaning)) in self.posts.iter_mut().zip(vectors) {
            for (feature, weight) in vector.iter() {
                self.postings.entry(feature).or_default().push_back((post.number, weight));
            }
            post.vector = vector;
            post.meaning = meaning;
        }
        self.chance = Chance::default();
        let newest = self.posts.len().saturating_sub(SAMPLED);
        for at in newest..self.posts.len() {
            let Some(post) = self.posts.get(at) else { break };
            let mut alike = self.similarities(&post.vector, &post.meaning);
            alike.truncate(at);
            self.chance.learn(&alike);
        }
    }

    pub(super) fn drop_oldest(&mut self) {
        let Some(old) = self.posts.pop_front() else { return };
        if let Some(said) = self.voices.get_mut(&old.voice) {
            *said = said.saturating_sub(1);
            if *said == 0 {
                self.voices.remove(&old.voice);
            }
        }
        for (feature, _) in old.vector.iter() {
            if let Some(list) = self.postings.get_mut(&feature) {
                while list.front().is_some_and(|(n, _)| *n <= old.number) {
                    list.pop_front();
                }
                if list.is_empty() {
                    self.postings.remove(&feature);
                }
            }
        }
    }
}
