//! Names with one or more values each, in the order in which they came.

use std::collections::BTreeMap;

use crate::{BStr, BString};

/// The pairs of a query, a form or the cookies: wptserve's `MultiDict`. Names
/// and values are bytes, a name may occur more than once, the order is kept.
///
/// ```
/// use host_guest::MultiDict;
///
/// let query: MultiDict<&str> = [("a", "1"), ("b", "2"), ("a", "3")].into_iter().collect();
/// assert_eq!(query.first("a"), Some(&"1")); // Python: query[b"a"]
/// assert_eq!(query.last("a"), Some(&"3"));
/// assert_eq!(query.get_list("a").count(), 2);
/// assert!(query.contains("b")); // Python: b"b" in query
/// for (name, values) in query.items() {
///     println!("{name}: {}", values.len());
/// }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MultiDict<V = BString> {
    pairs: Vec<(BString, V)>,
}

impl<V> MultiDict<V> {
    /// The first value of `name`.
    pub fn first(&self, name: impl AsRef<[u8]>) -> Option<&V> {
        self.get_list(name).next()
    }

    /// The last value of `name`.
    pub fn last(&self, name: impl AsRef<[u8]>) -> Option<&V> {
        self.get_list(name).last()
    }

    /// The first value of `name`, under Python's name for it.
    pub fn get(&self, name: impl AsRef<[u8]>) -> Option<&V> {
        self.first(name)
    }

    /// Every value of `name`, in order.
    pub fn get_list<N: AsRef<[u8]>>(&self, name: N) -> impl Iterator<Item = &V> + use<'_, N, V> {
        self.pairs
            .iter()
            .filter(move |(other, _)| other == name.as_ref())
            .map(|(_, value)| value)
    }

    /// Whether `name` occurs.
    pub fn contains(&self, name: impl AsRef<[u8]>) -> bool {
        self.first(name).is_some()
    }

    /// Each name with its values, both in order: Python's `items`.
    pub fn items(&self) -> impl Iterator<Item = (&BStr, Vec<&V>)> {
        let mut places = BTreeMap::new();
        let mut items: Vec<(&BStr, Vec<&V>)> = Vec::new();
        for (name, value) in self.iter() {
            let place = *places.entry(name).or_insert(items.len());
            match items.get_mut(place) {
                Some((_, values)) => values.push(value),
                None => items.push((name, vec![value])),
            }
        }
        items.into_iter()
    }

    /// Every pair, in order.
    pub fn iter(&self) -> impl Iterator<Item = (&BStr, &V)> {
        self.pairs
            .iter()
            .map(|(name, value)| (name.as_ref(), value))
    }

    /// Number of pairs.
    pub fn len(&self) -> usize {
        self.pairs.len()
    }

    /// Whether there is no pair.
    pub fn is_empty(&self) -> bool {
        self.pairs.is_empty()
    }
}

impl<N: Into<BString>, V> FromIterator<(N, V)> for MultiDict<V> {
    fn from_iter<I: IntoIterator<Item = (N, V)>>(pairs: I) -> Self {
        let pairs = pairs.into_iter().map(|(name, value)| (name.into(), value));
        Self {
            pairs: pairs.collect(),
        }
    }
}

impl<V> IntoIterator for MultiDict<V> {
    type Item = (BString, V);
    type IntoIter = std::vec::IntoIter<Self::Item>;

    fn into_iter(self) -> Self::IntoIter {
        self.pairs.into_iter()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn dict() -> MultiDict<u8> {
        [("a", 1), ("b", 2), ("a", 3)].into_iter().collect()
    }

    #[test]
    fn a_name_has_a_first_a_last_and_every_value() {
        let dict = dict();
        assert_eq!(dict.first("a"), Some(&1));
        assert_eq!(dict.get(b"a"), Some(&1));
        assert_eq!(dict.last("a"), Some(&3));
        assert_eq!(dict.get_list("a").copied().collect::<Vec<_>>(), [1, 3]);
        assert_eq!(dict.len(), 3);
        assert!(dict.contains("b"));
    }

    #[test]
    fn names_are_compared_as_bytes() {
        let dict = dict();
        assert_eq!(dict.first("A"), None);
        assert_eq!(dict.get_list("c").count(), 0);
    }

    #[test]
    fn items_are_names_with_all_their_values() {
        let dict = dict();
        let items: Vec<_> = dict.items().collect();
        assert_eq!(items, [("a".into(), vec![&1, &3]), ("b".into(), vec![&2])]);
    }

    #[test]
    fn the_order_is_kept() {
        let names: Vec<_> = dict().into_iter().map(|(name, _)| name).collect();
        assert_eq!(names, ["a", "b", "a"]);
    }
}
