//! What each object stands on in, the order of a walk out.
//!
//! Knows nothing of packs. Objects that stand on one another are trees, whose roots stand on
//! nothing; a walk comes to each object after what it stands on, and to all that stands on an object
//! before anything that does not.

/// What an object stands on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Base {
    /// Nothing: it is whole.
    Nothing,
    /// The object with this number.
    On(usize),
    /// Something that is not there, or is of no use; no walk comes to it.
    Lost,
}

/// One stop of a walk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Stop {
    /// The number of the object.
    pub(super) object: usize,
    /// The stop at what it stands on; none for a root.
    pub(super) base: Option<usize>,
    /// How many objects it stands on.
    pub(super) depth: usize,
    /// Whether the walk comes to nothing else that stands on the same base afterwards.
    pub(super) is_last: bool,
}

/// Returns the order of a walk: it leaves out what has no root, such as a ring.
///
/// Of what stands on one object, that with the most upon it comes last, when the base is needed no
/// more. So of the bases of any object, no more are needed at a time than the logarithm of how many
/// there are, however long chains are.
pub(super) fn order(bases: &[Base]) -> Vec<Stop> {
    let upon = Upon::of(bases);
    let weights = weights(bases, &upon);
    let weight = |object: &usize| weights.get(*object).copied().unwrap_or_default();
    let mut stops = Vec::with_capacity(bases.len());
    let mut ahead: Vec<Stop> = roots(bases).map(Stop::root).collect();
    ahead.reverse();
    while let Some(stop) = ahead.pop() {
        let next = Stop {
            base: Some(stops.len()),
            depth: stop.depth + 1,
            is_last: false,
            ..stop
        };
        let heaviest = upon.all(stop.object).max_by_key(weight);
        // What is put down first is taken up last.
        ahead.extend(heaviest.map(|object| Stop {
            object,
            is_last: true,
            ..next
        }));
        let others = upon.all(stop.object).rev();
        let others = others.filter(|object| Some(*object) != heaviest);
        ahead.extend(others.map(|object| Stop { object, ..next }));
        stops.push(stop);
    }
    stops
}

impl Stop {
    fn root(object: usize) -> Self {
        Self {
            object,
            base: None,
            depth: 0,
            is_last: false,
        }
    }
}

fn roots(bases: &[Base]) -> impl Iterator<Item = usize> {
    let all = bases.iter().enumerate();
    all.filter_map(|(object, base)| (*base == Base::Nothing).then_some(object))
}

/// Returns how many objects stand on each, itself among them.
fn weights(bases: &[Base], upon: &Upon) -> Vec<usize> {
    let mut reached: Vec<usize> = roots(bases).collect();
    let mut next = 0;
    while let Some(object) = reached.get(next) {
        reached.extend(upon.all(*object));
        next += 1;
    }
    let mut weights = vec![1; bases.len()];
    for object in reached.into_iter().rev() {
        let weight = weights.get(object).copied().unwrap_or_default();
        if let Some(Base::On(base)) = bases.get(object)
            && let Some(sum) = weights.get_mut(*base)
        {
            *sum += weight;
        }
    }
    weights
}

/// What stands on what.
struct Upon {
    /// Objects, sorted by what they stand on.
    objects: Vec<usize>,
    /// Where among these those begin that stand on each object, and where the last of all end.
    starts: Vec<usize>,
}

impl Upon {
    fn of(bases: &[Base]) -> Self {
        let pair = |(object, base): (usize, &Base)| match base {
            Base::On(base) if *base < bases.len() => Some((*base, object)),
            Base::On(_) | Base::Nothing | Base::Lost => None,
        };
        let mut pairs: Vec<(usize, usize)> = bases.iter().enumerate().filter_map(pair).collect();
        pairs.sort_unstable();
        let mut starts = Vec::with_capacity(bases.len() + 1);
        for (at, (base, _)) in pairs.iter().enumerate() {
            starts.resize(starts.len().max(base + 1), at);
        }
        starts.resize(bases.len() + 1, pairs.len());
        let objects = pairs.into_iter().map(|(_, object)| object).collect();
        Self { objects, starts }
    }

    /// All that stands directly on an object.
    fn all(&self, base: usize) -> impl DoubleEndedIterator<Item = usize> {
        let range = self.starts.get(base).zip(self.starts.get(base + 1));
        let all = range.and_then(|(start, end)| self.objects.get(*start..*end));
        all.unwrap_or_default().iter().copied()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Objects that stand on any others, on themselves, in rings, or on what is not there.
    fn any_bases() -> impl Strategy<Value = Vec<Base>> {
        let one = prop_oneof![
            2 => Just(Base::Nothing),
            12 => (0..40_usize).prop_map(Base::On),
            1 => Just(Base::Lost),
        ];
        prop::collection::vec(one, 0..40)
    }

    /// Whether following bases ends at a root, and after how many steps: the obvious way.
    fn depth(bases: &[Base], object: usize) -> Option<usize> {
        let mut at = object;
        for depth in 0..=bases.len() {
            match bases.get(at)? {
                Base::Nothing => return Some(depth),
                Base::On(base) => at = *base,
                Base::Lost => return None,
            }
        }
        None
    }

    fn check(bases: &[Base]) {
        let stops = order(bases);
        let mut reached: Vec<usize> = stops.iter().map(|stop| stop.object).collect();
        reached.sort_unstable();
        let rooted = (0..bases.len()).filter(|object| depth(bases, *object).is_some());
        assert_eq!(
            reached,
            rooted.collect::<Vec<_>>(),
            "each that has a root, once"
        );

        let mut live: Vec<usize> = Vec::new();
        for (at, stop) in stops.iter().enumerate() {
            assert_eq!(Some(stop.depth), depth(bases, stop.object));
            let base = stop.base.map(|base| stops[base].object);
            let expected = match bases[stop.object] {
                Base::On(base) => Some(base),
                Base::Nothing | Base::Lost => None,
            };
            assert_eq!(base, expected);
            let later = stops[at + 1..].iter();
            let needed = later.clone().any(|later| later.base == stop.base);
            if stop.base.is_some() {
                assert_eq!(stop.is_last, !needed, "{stop:?}");
            }
            // A base is at hand from its own stop until the last one that needs it.
            live.retain(|one| stops[at..].iter().any(|later| later.base == Some(*one)));
            assert!(stop.base.is_none_or(|base| live.contains(&base)));
            live.push(at);
            let most = stops.len().ilog2() as usize + 2;
            assert!(live.len() <= most, "{live:?} of {} at {at}", stops.len());
        }
    }

    proptest! {
        #[test]
        fn a_walk_comes_to_all_that_has_a_root(bases in any_bases()) {
            check(&bases);
        }

        #[test]
        fn trees_are_walked_whole(parents in prop::collection::vec(any::<prop::sample::Index>(), 0..60)) {
            let on = |(at, parent): (usize, &prop::sample::Index)| Base::On(parent.index(at + 1));
            let others = parents.iter().enumerate().map(on);
            check(&std::iter::once(Base::Nothing).chain(others).collect::<Vec<_>>());
        }
    }

    #[test]
    fn nothing_is_no_walk_and_a_ring_is_left_out() {
        assert_eq!(order(&[]), []);
        assert_eq!(order(&[Base::On(1), Base::On(0), Base::On(2)]), []);
        assert_eq!(order(&[Base::Lost, Base::On(0), Base::On(9)]), []);
    }

    #[test]
    fn a_chain_needs_one_base_at_a_time() {
        let on = |object: usize| object.checked_sub(1).map_or(Base::Nothing, Base::On);
        let chain: Vec<Base> = (0..10_000).map(on).collect();
        let stops = order(&chain);
        assert_eq!(stops.len(), chain.len());
        assert!(stops.iter().skip(1).all(|stop| stop.is_last));
    }
}
