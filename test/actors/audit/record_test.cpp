#include "actors/audit/record.hpp"

#include <gtest/gtest.h>

#include "protocol/base/hex.hpp"
#include "test/actors/audit/sample.hpp"

namespace ff::audit {
namespace {

using Names = std::vector<std::string>;

TEST(AuditRecord, BytesAreOnDiskAndNeverChange) {
  Record record;
  record.sequence = 3;
  record.time = UtcTime(std::chrono::nanoseconds{5});
  record.action = Action::key_access;
  record.method = "A/B";
  record.account = "user:a";
  record.credential = Credential::session;
  record.credential_id = "I";
  record.is_admin = true;
  record.remote_address = "::1";
  record.request_id = "R";
  record.entities = {"user:a"};
  record.changes = {{"e", "p", "1", "2", true}};
  record.keys = {"k"};
  record.request = "{}";
  record.outcome = "ok";
  record.begun = UtcTime(std::chrono::nanoseconds{1});
  record.calls = 3;
  EXPECT_EQ(hex_lower(encode_record(record)),
            "0803"              // sequence
            "100a"              // time
            "1802"              // action
            "2203412f42"        // method
            "2a06757365723a61"  // account
            "3003"              // credential
            "3a0149"            // its id
            "4001"              // is_admin
            "4a033a3a31"        // remote address
            "520152"            // request id
            "5a06757365723a61"  // entity
            "620e"              // change
            "0a0165120170"
            "1a0131220132"
            "2801"
            "6a016b"    // key
            "72027b7d"  // request
            "7a026f6b"  // outcome
            "800102"    // begun
            "880103");  // calls
}

TEST(AuditRecord, ComesBackAsItWas) {
  EXPECT_EQ(decode_record(encode_record(sample())), sample());
  EXPECT_EQ(decode_record(encode_record(Record())), Record());
}

TEST(AuditRecord, IsFoundByWhatItIsAboutWhatThatBelongsToAndWhoDidIt) {
  EXPECT_EQ(index_names(sample()),
            (Names{"by/user:ada", "of/application:app", "of/device:app.dev"}));
  Record key;
  key.entities = {"gateway:gtw"};
  key.changes = {{"gateway:gtw/api_key:ID", "name", "", "\"n\"", false}};
  EXPECT_EQ(index_names(key), Names{"of/gateway:gtw"});
  EXPECT_TRUE(index_names(Record()).empty());
}

TEST(AuditRecord, NamesOfActionsLeadBack) {
  for (const auto action : {Action::change, Action::key_access, Action::login, Action::system})
    EXPECT_EQ(action_from(to_string(action)), action);
  EXPECT_FALSE(action_from("nothing"));
}

}  // namespace
}  // namespace ff::audit
