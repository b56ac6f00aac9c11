// Plan files in YAML are the work of many: any octets as index and as file end in plans or an
// error, and an error changes nothing.
#include <cstdint>

#include "protocol/base/assert.hpp"
#include "protocol/base/bytes.hpp"
#include "protocol/plan_repository/plan_repository.hpp"

using namespace ff;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const region::FrequencyPlans standard = region::FrequencyPlans::standard();
  const std::string text(as_text(ByteView(data, size)));
  const auto same = [&](const std::string&) -> Result<std::string> { return text; };
  for (const auto* index :
       {"- {id: X, file: x.yml}\n- {id: Y, base-id: EU_863_870, file: y.yml}\n", text.c_str()}) {
    auto plans = standard;
    const bool added = plan_repository::add_repository(plans, index, same).has_value();
    FF_ASSERT(added || plans.all().size() == standard.all().size());
    for (const auto& plan : plans.all()) FF_ASSERT(region::validate(plan).has_value());
  }
  return 0;
}
