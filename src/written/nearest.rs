/// The known word most like `word`, if one is close enough to be a slip of the
/// finger.
#[must_use]
pub fn nearest<'k>(word: &str, known: &[&'k str]) -> Option<&'k str> {
    let length = word.chars().count();
    known
        .iter()
        .map(|candidate| (1 + candidate.chars().count() / 4, *candidate))
        // Words of such different lengths are not compared at all.
        .filter(|(most, candidate)| length.abs_diff(candidate.chars().count()) <= *most)
        .map(|(most, candidate)| (edit_distance(word, candidate), most, candidate))
        .filter(|(distance, most, _)| distance <= most)
        .map(|(distance, _, candidate)| (distance, candidate))
        .min()
        .map(|(_, candidate)| candidate)
}

fn edit_distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, from) in a.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, to) in b.iter().enumerate() {
            let substituted = diagonal + usize::from(from != *to);
            diagonal = row[j + 1];
            row[j + 1] = substituted.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_of_a_megabyte_is_near_to_nothing() {
        let long = "x".repeat(1 << 20);
        let known: Vec<String> = (0..1000).map(|i| format!("column_{i}")).collect();
        let known: Vec<&str> = known.iter().map(String::as_str).collect();
        assert_eq!(nearest(&long, &known), None);
        assert_eq!(nearest("colunm_7", &["column_7", "column_12"]), Some("column_7"));
    }
}
