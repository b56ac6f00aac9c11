// Roaming partners and what was carried for them.
#include <boost/json/array.hpp>

#include "app/inspection/values.hpp"
#include "app/server/inspect/json.hpp"

namespace ff::app {
namespace {

using boost::json::array;
using boost::json::object;

object part(const roaming::PartnerSnapshot& partner) {
  return {{"net_id", text(to_string(partner.net_id))},
          {"forwards", partner.forwards},
          {"accepts", partner.accepts},
          {"breaker_open", partner.breaker_open},
          {"under_way", partner.under_way}};
}

object part(const roaming::RatedRecord& record) {
  const auto& [account, day, tally] = record;
  const auto airtime = std::chrono::duration_cast<std::chrono::milliseconds>(tally.airtime);
  return {{"net_id", text(to_string(account.partner))},
          {"role", roaming::to_string(account.role)},
          {"direction", roaming::to_string(account.way)},
          {"day", text(to_rfc3339(day).substr(0, 10))},
          {"frames", tally.frames},
          {"bytes", tally.bytes},
          {"airtime_ms", airtime.count()},
          {"refused", tally.refused}};
}

}  // namespace

object to_json(const roaming::RoamingSnapshot& roaming) {
  array partners;
  for (const auto& partner : roaming.partners) partners.emplace_back(part(partner));
  array records;
  for (const auto& record : roaming.records) records.emplace_back(part(record));
  return {{"open_windows", roaming.open_windows},
          {"answerable_uplinks", roaming.heard},
          {"devices_with_lifetime", roaming.contexts},
          {"served_with_lifetime", roaming.served},
          {"waiting", roaming.waiting},
          {"partners", std::move(partners)},
          {"records", std::move(records)}};
}

}  // namespace ff::app
