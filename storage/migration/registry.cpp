#include <array>

#include "storage/migration/migration.hpp"

namespace ff::storage {
namespace {

// One row per migration, ascending from version 2:
//   Migration{.version = 2, .name = "…", .family = Family::session, .convert = …}
constexpr std::array<Migration, 0> registry{};

}  // namespace

std::span<const Migration> migrations() noexcept {
  return registry;
}

}  // namespace ff::storage
