#include "storage/engine/engine.hpp"

namespace ff::storage {

KeyRange prefix_range(ByteView prefix) {
  KeyRange range{.first = to_owned(prefix), .last = to_owned(prefix)};
  // The successor of a prefix: 0xFF bytes at the end can not grow, the byte before them can.
  while (!range.last.empty() && range.last.back() == 0xFF) range.last.pop_back();
  if (!range.last.empty()) ++range.last.back();
  return range;
}

}  // namespace ff::storage
