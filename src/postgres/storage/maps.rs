//! The free-space and visibility maps of a vacuumed heap.

use super::BLOCK_BYTES;

/// Heap pages that a leaf page of the free-space map keeps account of, and map
/// pages that an inner one does.
const FSM_SLOTS: u64 = 4069;
/// Heap pages on one page of the visibility map: two bits each, in 8168 bytes.
const VM_HEAP_PAGES: u64 = 32_672;

/// Bytes of the free-space map of a heap: its leaves below two levels of inner
/// pages.
pub const fn fsm_bytes(heap_pages: u64) -> u64 {
    if heap_pages == 0 {
        return 0;
    }
    let leaves = heap_pages.div_ceil(FSM_SLOTS);
    (leaves + leaves.div_ceil(FSM_SLOTS) + 1) * BLOCK_BYTES
}

/// Bytes of the visibility map of a heap.
pub const fn vm_bytes(heap_pages: u64) -> u64 {
    heap_pages.div_ceil(VM_HEAP_PAGES) * BLOCK_BYTES
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Sizes the server reported for heaps of 160, 5,406 and 18,114 pages.
    #[test]
    fn sizes_of_real_maps() {
        assert_eq!((fsm_bytes(160), vm_bytes(160)), (24_576, 8192));
        assert_eq!((fsm_bytes(5406), vm_bytes(5406)), (32_768, 8192));
        assert_eq!((fsm_bytes(18_114), vm_bytes(18_114)), (57_344, 8192));
        assert_eq!((fsm_bytes(0), vm_bytes(0)), (0, 0));
        assert_eq!(vm_bytes(32_673), 16_384);
    }
}
