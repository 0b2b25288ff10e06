//! Which pieces go into one file.

/// What one more file costs whoever fetches it, in bytes of code: the request, the frame of a wasm
/// file, and what brotli loses by starting anew. Chosen by trying: with 8 000 a screen takes up to
/// twenty files, with 50 000 it takes a fifth of code that it never runs.
const FILE_COST: u64 = 20_000;
/// How many times as dear code that is not run is to a part of a first visit: somebody waits for it,
/// and what other screens grow by must not land there.
const FIRST_WEIGHT: u32 = 4;

/// A file: the pieces it is made of and the parts that need it, a bit for each.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Group {
    pub(super) parts: u128,
    pub(super) size: u64,
    /// By their place in the list that [`group`] was given.
    pub(super) pieces: Vec<usize>,
}

/// What putting two files together costs all parts that need either: code they do not run, less the
/// files they are spared. Negative when it pays. `first` are the parts of first visits.
fn cost(a: &Group, b: &Group, first: u128) -> i128 {
    let spared = i128::from((a.parts & b.parts).count_ones()) * i128::from(FILE_COST);
    let burdened = |more: u128, size: u64| {
        let weight = more.count_ones() + (FIRST_WEIGHT - 1) * (more & first).count_ones();
        i128::from(weight) * i128::from(size)
    };
    burdened(b.parts & !a.parts, a.size) + burdened(a.parts & !b.parts, b.size) - spared
}

/// Puts pieces together, each given by the parts that need it and its size.
///
/// The cutting makes a piece for every set of parts that has something in common, which are
/// hundreds, most of them small. The smallest goes where it costs least, until none pays any more.
pub(super) fn group(pieces: impl IntoIterator<Item = (u128, u64)>, first: u128) -> Vec<Group> {
    let mut open: Vec<Group> = pieces
        .into_iter()
        .enumerate()
        .map(|(at, (parts, size))| Group {
            parts,
            size,
            pieces: vec![at],
        })
        .collect();
    let mut done: Vec<Group> = Vec::new();
    while let Some(at) = (0..open.len()).min_by_key(|at| open[*at].size) {
        let smallest = open.swap_remove(at);
        let best = open
            .iter_mut()
            .chain(&mut done)
            .map(|other| (cost(&smallest, other, first), other))
            .min_by_key(|(cost, _)| *cost);
        match best {
            Some((cost, other)) if cost < 0 => {
                other.parts |= smallest.parts;
                other.size += smallest.size;
                other.pieces.extend(smallest.pieces);
            }
            _ => done.push(smallest),
        }
    }
    for group in &mut done {
        group.pieces.sort_unstable();
    }
    // The order of the pieces is the same in every build of the same app; so is this.
    done.sort_by(|a, b| a.pieces.cmp(&b.pieces));
    done
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn small_pieces_join_what_needs_them_and_large_ones_stay_alone() {
        let groups = group([(0b01, 90_000), (0b10, 80_000), (0b11, 500), (0b11, 300_000)], 0);
        let pieces: Vec<Vec<usize>> = groups.iter().map(|group| group.pieces.clone()).collect();
        assert_eq!(pieces, [vec![0], vec![1], vec![2, 3]]);
        assert_eq!(groups[2].size, 300_500);
    }

    #[test]
    fn a_first_visit_is_spared_what_others_share() {
        // Worth a file less to two parts, unless the third is one that somebody waits for.
        let pieces = [(0b011, 15_000), (0b111, 30_000)];
        assert_eq!(group(pieces, 0).len(), 1);
        assert_eq!(group(pieces, 0b100).len(), 2);
    }

    #[test]
    fn every_part_keeps_all_its_pieces() {
        let pieces: Vec<(u128, u64)> = (1..64)
            .map(|set| (set, u64::from(set as u32) * 977 % 40_000))
            .collect();
        let groups = group(pieces.iter().copied(), 0b100);
        for (at, (parts, _)) in pieces.iter().enumerate() {
            let holder: Vec<&Group> = groups.iter().filter(|group| group.pieces.contains(&at)).collect();
            assert_eq!(holder.len(), 1);
            assert_eq!(holder[0].parts & parts, *parts);
        }
        assert!(groups.len() < pieces.len());
    }
}
