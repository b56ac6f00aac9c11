#include "protocol/region/plan_json.hpp"

#include <algorithm>
#include <boost/json.hpp>
#include <cmath>
#include <functional>

#include "protocol/region/plan_errors.hpp"

namespace ff::region {
namespace {

namespace json = boost::json;

constexpr std::size_t text_length_max = 1 << 20;
constexpr std::size_t list_length_max = 256;

/// The fields of one object. Reads what is there, leaves the rest; remembers the first problem.
/// After the last read, `finish` objects to keys that nobody asked for: a misspelt key must not
/// pass silently.
class Fields {
 public:
  Fields(const json::value& value, std::string path, std::optional<PlanProblem>& problem)
      : path_(std::move(path)), problem_(problem) {
    object_ = value.if_object();
    if (object_ == nullptr) complain("", "object expected");
  }

  bool has(std::string_view key) const { return object_ != nullptr && object_->contains(key); }

  void boolean(std::string_view key, bool& out) {
    const json::value* value = take(key);
    if (value == nullptr) return;
    if (!value->is_bool()) return complain(key, "true or false expected");
    out = value->as_bool();
  }
  void text(std::string_view key, std::string& out) {
    const json::value* value = take(key);
    if (value == nullptr) return;
    if (!value->is_string()) return complain(key, "text expected");
    out = std::string(value->as_string());
  }
  void dwell(std::string_view key, DwellTime& out) {
    if (!has(key)) return;
    bool on = false;
    boolean(key, on);
    out = on ? DwellTime::on : DwellTime::off;
  }
  template <class Float>
  void real(std::string_view key, Float& out) {
    const json::value* value = take(key);
    if (value == nullptr) return;
    const double limit = 1e9;
    if (value->is_number() && std::abs(value->to_number<double>()) <= limit) {
      out = static_cast<Float>(value->to_number<double>());
    } else {
      complain(key, "number expected");
    }
  }
  void integer(std::string_view key, std::uint64_t max,
               const std::function<void(std::uint64_t)>& set) {
    const json::value* value = take(key);
    if (value == nullptr) return;
    json::error_code error;
    const auto number = value->is_number() ? value->to_number<std::uint64_t>(error) : 0;
    if (!value->is_number() || error || number > max) {
      complain(key, "whole number from 0 to " + std::to_string(max) + " expected");
      return;
    }
    set(number);
  }
  void frequency(std::string_view key, Frequency& out) {
    constexpr std::uint64_t max_hz = 10'000'000'000;
    integer(key, max_hz, [&](std::uint64_t hz) { out = Frequency::hz(hz); });
  }
  void data_rate(std::string_view key, DataRateIndex& out) {
    integer(key, 15,
            [&](std::uint64_t index) { out = DataRateIndex(static_cast<std::uint8_t>(index)); });
  }
  void milliseconds(std::string_view key, std::chrono::milliseconds& out) {
    constexpr std::uint64_t max_ms = 3'600'000;
    integer(key, max_ms, [&](std::uint64_t ms) {
      out = std::chrono::milliseconds(static_cast<std::int64_t>(ms));
    });
  }

  /// Reads a nested object. `read` gets its fields and the value to fill.
  template <class T, class Read>
  void part(std::string_view key, T& out, Read read) {
    const json::value* value = take(key);
    if (value == nullptr) return;
    out = T();
    Fields fields(*value, path_of(key), problem_);
    read(fields, out);
    fields.finish();
  }
  template <class T, class Read>
  void part(std::string_view key, std::optional<T>& out, Read read) {
    if (!has(key)) return;
    part(key, out.emplace(), read);
  }
  template <class T, class Read>
  void list(std::string_view key, std::vector<T>& out, Read read) {
    const json::value* value = take(key);
    if (value == nullptr) return;
    const json::array* array = value->if_array();
    if (array == nullptr || array->size() > list_length_max) {
      complain(key, "list of at most " + std::to_string(list_length_max) + " expected");
      return;
    }
    out.assign(array->size(), T());
    for (std::size_t i = 0; i < out.size(); ++i) {
      Fields fields((*array)[i], path_of(key) + '[' + std::to_string(i) + ']', problem_);
      read(fields, out[i]);
      fields.finish();
    }
  }
  /// An optional scalar, read by member function `read` of this class.
  template <class T, class Read>
  void optional(std::string_view key, std::optional<T>& out, Read read) {
    if (!has(key)) return;
    T value{};
    (this->*read)(key, value);
    out = value;
  }

  void finish() {
    if (object_ == nullptr) return;
    for (const auto& field : *object_) {
      if (std::find(known_.begin(), known_.end(), field.key()) != known_.end()) continue;
      complain(field.key(), "unknown key");
    }
  }
  const json::value* take(std::string_view key) {
    known_.push_back(key);
    return object_ == nullptr ? nullptr : object_->if_contains(key);
  }

 private:
  void complain(std::string_view key, std::string reason) {
    if (!problem_) problem_ = PlanProblem{path_of(key), std::move(reason)};
  }
  std::string path_of(std::string_view key) const {
    if (path_.empty() || key.empty()) return path_ + std::string(key);
    return path_ + '.' + std::string(key);
  }

  const json::object* object_ = nullptr;
  std::string path_;
  std::optional<PlanProblem>& problem_;
  std::vector<std::string_view> known_;
};

void read_radio_index(Fields& fields, std::uint8_t& radio) {
  fields.integer("radio", 7,
                 [&](std::uint64_t index) { radio = static_cast<std::uint8_t>(index); });
}

void read_dwell(Fields& fields, ChannelDwellTime& dwell) {
  fields.dwell("enabled", dwell.enabled);
  fields.optional("duration_ms", dwell.duration, &Fields::milliseconds);
}

void read_channel(Fields& fields, PlanChannel& channel) {
  fields.frequency("frequency_hz", channel.frequency);
  fields.data_rate("min_data_rate", channel.min_data_rate);
  fields.data_rate("max_data_rate", channel.max_data_rate);
  read_radio_index(fields, channel.radio);
  fields.part("dwell_time", channel.dwell_time, read_dwell);
}

void read_single_rate(Fields& fields, PlanSingleRateChannel& channel) {
  fields.frequency("frequency_hz", channel.frequency);
  fields.data_rate("data_rate", channel.data_rate);
  read_radio_index(fields, channel.radio);
  fields.part("dwell_time", channel.dwell_time, read_dwell);
}

void read_sub_band(Fields& fields, PlanSubBand& band) {
  fields.frequency("min_frequency_hz", band.min);
  fields.frequency("max_frequency_hz", band.max);
  fields.real("duty_cycle", band.duty_cycle);
  if (band.duty_cycle == 0) band.duty_cycle = 1;  // 0 stands for no limit, as an absent key does
  fields.optional("max_eirp_dbm", band.max_eirp_dbm, &Fields::real<float>);
}

void read_radio(Fields& fields, PlanRadio& radio) {
  fields.boolean("enable", radio.enable);
  fields.text("chip_type", radio.chip_type);
  fields.frequency("frequency_hz", radio.frequency);
  fields.real("rssi_offset_db", radio.rssi_offset);
  PlanRadio range;
  fields.part("tx", range, [](Fields& tx, PlanRadio& out) {
    tx.optional("min_frequency_hz", out.tx_min, &Fields::frequency);
    tx.optional("max_frequency_hz", out.tx_max, &Fields::frequency);
    tx.optional("notch_frequency_hz", out.tx_notch, &Fields::frequency);
  });
  radio.tx_min = range.tx_min;
  radio.tx_max = range.tx_max;
  radio.tx_notch = range.tx_notch;
}

void read_plan_dwell(Fields& fields, PlanDwellTime& dwell) {
  fields.dwell("uplinks", dwell.uplinks);
  fields.dwell("downlinks", dwell.downlinks);
  fields.milliseconds("duration_ms", dwell.duration);
}

void read_time_off_air(Fields& fields, TimeOffAir& time) {
  fields.real("fraction", time.fraction);
  fields.milliseconds("duration_ms", time.duration);
}

void read_listen_before_talk(Fields& fields, ListenBeforeTalk& listen) {
  fields.real("rssi_target_dbm", listen.rssi_target_dbm);
  fields.real("rssi_offset_db", listen.rssi_offset_db);
  double scan_time_us = 0;
  fields.real("scan_time_us", scan_time_us);
  listen.scan_time = std::chrono::nanoseconds(std::llround(scan_time_us * 1000));
}

/// Overwrites what the object has; the rest stays as the base plan has it.
void read_content(Fields& fields, FrequencyPlan& plan) {
  if (fields.has("radios")) plan.clock_source.reset();  // it indexes the radios it came with
  fields.list("uplink_channels", plan.uplink_channels, read_channel);
  fields.list("downlink_channels", plan.downlink_channels, read_channel);
  fields.part("lora_standard_channel", plan.lora_standard_channel, read_single_rate);
  fields.part("fsk_channel", plan.fsk_channel, read_single_rate);
  fields.part("time_off_air", plan.time_off_air, read_time_off_air);
  fields.part("dwell_time", plan.dwell_time, read_plan_dwell);
  fields.part("listen_before_talk", plan.listen_before_talk, read_listen_before_talk);
  fields.list("radios", plan.radios, read_radio);
  fields.list("sub_bands", plan.sub_bands, read_sub_band);
  fields.part("ping_slot", plan.ping_slot, read_channel);
  fields.part("rx2_channel", plan.rx2_channel, read_channel);
  fields.optional("ping_slot_default_data_rate", plan.default_ping_slot_data_rate,
                  &Fields::data_rate);
  fields.optional("rx2_default_data_rate", plan.default_rx2_data_rate, &Fields::data_rate);
  fields.optional("max_eirp_dbm", plan.max_eirp_dbm, &Fields::real<float>);
  fields.boolean("repeater_compatible", plan.repeater_compatible);
  // A concentrator has two radio front ends, also when the plan describes but one.
  fields.integer("clock_source", 1, [&](std::uint64_t radio) {
    plan.clock_source = static_cast<std::uint32_t>(radio);
  });
}

}  // namespace

Result<FrequencyPlan> parse_plan(std::string_view text, const FrequencyPlans& known) {
  if (text.size() > text_length_max) return fail(plan_not_parsed, {{"reason", "too long"}});
  json::error_code error;
  const json::value file = json::parse(text, error);
  if (error) return fail(plan_not_parsed, {{"reason", error.message()}});

  std::optional<PlanProblem> problem;
  Fields fields(file, "", problem);
  FrequencyPlan plan;
  std::string id;
  std::string base_id;
  fields.text("id", id);
  fields.text("base_id", base_id);
  if (!base_id.empty()) {
    const FrequencyPlan* base = known.find(base_id);
    if (base == nullptr) return fail(plan_base_unknown, {{"base_id", base_id}, {"id", id}});
    plan = *base;
  }
  plan.id = id;
  plan.base_id = base_id;
  fields.text("name", plan.name);
  fields.text("band_id", plan.band_id);
  fields.integer("base_frequency_mhz", 10'000, [&](std::uint64_t mhz) {
    plan.base_frequency_mhz = static_cast<std::uint32_t>(mhz);
  });
  plan.for_gateways = true;
  fields.boolean("gateways", plan.for_gateways);
  if (const json::value* content = fields.take("plan")) {
    Fields own(*content, "", problem);
    read_content(own, plan);
    own.finish();
  }
  fields.finish();
  if (problem) return fail_plan(id, *problem);
  return plan;
}

}  // namespace ff::region
