#include "storage/directory/counter_jump.hpp"

#include "protocol/base/assert.hpp"
#include "storage/directory/meta_value.hpp"

namespace ff::storage {

Result<std::optional<Bytes>> read_meta(const Reader& reader, std::string_view name,
                                       std::size_t bytes) {
  FF_TRY(auto value, reader.get(Family::meta, meta_key(name)));
  if (value && value->size() != bytes) {
    return fail(corruption,
                {{"path", "meta"}, {"detail", std::string(name) + " has a wrong size"}});
  }
  return value;
}

Result<CounterJump> read_counter_jump(const Reader& reader) {
  FF_TRY(auto distance, read_meta_number<8>(reader, meta_name::counter_jump));
  return CounterJump{distance.value_or(0)};
}

Result<CounterJump> add_counter_jump(Engine& engine, std::uint64_t block) {
  FF_ASSERT(block >= 1);
  FF_TRY(auto before, read_counter_jump(engine));
  CounterJump after{before.value() + block};
  WriteBatch batch;
  put_meta_number<8>(batch, meta_name::counter_jump, after.value());
  FF_CHECK(engine.write(batch, Durability::sync));
  return after;
}

}  // namespace ff::storage
