#include <boost/json/array.hpp>

#include "app/inspection/decision.hpp"
#include "app/inspection/values.hpp"

namespace ff::app {
namespace {

using namespace network_server;
using boost::json::array;
using boost::json::object;

/// The operands of each kind of decision, beside its sentence.
struct Operands {
  object& out;

  void error(const ErrorPtr& error) const {
    if (!error) return;
    out["error"] = std::string(error->def().name_space) + ":" + std::string(error->name());
  }
  void operator()(const UplinkJudged& uplink) const {
    const bool accepted =
        uplink.verdict == UplinkVerdict::accepted || uplink.verdict == UplinkVerdict::repeated;
    out["kind"] = accepted ? "uplink_accepted" : "uplink_dropped";
    out["reason"] = text(to_string(uplink.verdict));
    out["f_cnt"] = value_of(uplink.f_cnt);
    out["last_f_cnt"] = value_of(uplink.last_f_cnt);
    out["data_rate_index"] = value_of(uplink.data_rate_index);
    out["gateways"] = uplink.gateway_count;
    error(uplink.error);
  }
  void operator()(const AdrDecided& adr) const {
    out["kind"] = "adr";
    out["reason"] = text(mac::adr::to_string(adr.reason));
    out["data_rate_index"] = value_of(adr.data_rate_after);
    out["tx_power_index"] = value_of(adr.tx_power_after);
    out["nb_trans"] = adr.nb_trans_after;
    out["uplinks"] = adr.uplinks;
    out["margin_db"] = adr.margin_db;
    out["loss_rate"] = adr.loss_rate;
  }
  void operator()(const MacExchanged& exchanged) const {
    out["kind"] = "mac_commands";
    array list;
    for (const auto& event : *exchanged.events) list.emplace_back(text(mac::to_string(event.name)));
    out["count"] = list.size();
    out["commands"] = std::move(list);
  }
  void operator()(const RequestGivenUp& given_up) const {
    out["kind"] = "mac_request_given_up";
    out["command"] = text(mac::name_of(given_up.cid));
    out["reason"] = text(to_string(given_up.reason));
  }
  void operator()(const JoinJudged& join) const {
    out["kind"] = "join_" + std::string(to_string(join.stage));
    out["dev_addr"] = value_of(join.dev_addr);
    error(join.error);
  }
  void operator()(const DownlinkOffered& offered) const {
    out["kind"] = "downlink_offered";
    out["is_join"] = offered.is_join;
    out["f_cnt"] = value_of(offered.f_cnt);
    out["gateways"] = offered.paths;
    out["class"] = value_of(offered.device_class);
    out["rx1"] = offered.rx1;
    out["rx2"] = offered.rx2;
  }
  void operator()(const DownlinkAccepted& accepted) const {
    out["kind"] = "downlink_scheduled";
    out["is_join"] = accepted.is_join;
    out["f_cnt"] = value_of(accepted.f_cnt);
    out["gateway"] = text(accepted.scheduled->gateway_id.text());
    out["class"] = value_of(accepted.device_class);
    out["window"] = accepted.scheduled->window;
    out["delay"] = value_of(accepted.scheduled->delay);
  }
  void operator()(const DownlinkRefused& refused) const {
    out["kind"] = "downlink_refused";
    out["is_join"] = refused.is_join;
    out["f_cnt"] = value_of(refused.f_cnt);
    error(refused.error);
  }
  void operator()(const DownlinkNotSent& none) const {
    out["kind"] = "no_downlink";
    out["reason"] = text(to_string(none.reason));
  }
  void operator()(const EmissionReported& report) const {
    out["kind"] = "emission_reported";
    out["result"] = to_string(report.result);
  }
  void operator()(const EmissionUnreported& unreported) const {
    out["kind"] = "emission_unreported";
    out["is_join"] = unreported.is_join;
    out["f_cnt"] = value_of(unreported.f_cnt);
  }
  void operator()(const RelayJudged& judged) const {
    out["kind"] = judged.uplink ? "relay_uplink_dropped" : "relay_downlink_refused";
    error(judged.error);
  }
  void operator()(const QueueChanged& queue) const {
    out["kind"] = "queue_" + std::string(to_string(queue.event));
    out["items"] = queue.items;
    error(queue.error);
  }
};

}  // namespace

object to_json(const Decision& decision) {
  object out{{"at", value_of(decision.at)}, {"text", text_of(decision.value)}};
  if (decision.times > 1) out["times"] = decision.times;
  std::visit(Operands{out}, decision.value);
  return out;
}

}  // namespace ff::app
