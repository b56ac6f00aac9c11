// A record with a value in every field.
#pragma once

#include "actors/audit/record.hpp"

namespace ff::audit {

inline Record sample(std::uint64_t sequence = 7) {
  Record record;
  record.sequence = sequence;
  record.time = UtcTime(std::chrono::seconds{1'800'000'000});
  record.action = Action::change;
  record.method = "ttn.lorawan.v3.EndDeviceRegistry/Update";
  record.account = "user:ada";
  record.credential = Credential::api_key;
  record.credential_id = "KEYID";
  record.is_admin = true;
  record.remote_address = "192.0.2.7";
  record.request_id = "01ARZ3NDEKTSV4RRFFQ69G5FAV";
  record.entities = {"device:app.dev"};
  record.changes = {{"device:app.dev", "name", "\"old\"", "\"new\"", false},
                    {"device:app.dev", "root_keys.app_key.key", "", "\"(secret)\"", true}};
  record.keys = {"root_keys.app_key.key"};
  record.request = R"({"a":1})";
  record.outcome = outcome_ok;
  record.begun = UtcTime(std::chrono::seconds{1});
  record.calls = 5;
  return record;
}

}  // namespace ff::audit
