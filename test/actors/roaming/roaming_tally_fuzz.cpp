// Any bytes as a rated record: no crash, and what is read can be written and read again.
#include <cstdlib>

#include "actors/roaming/ledger.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto tally = ff::roaming::decode_tally({data, size});
  if (!tally) return 0;
  const auto again = ff::roaming::decode_tally(ff::roaming::encode_tally(*tally));
  if (!again || !(*again == *tally)) std::abort();
  return 0;
}
