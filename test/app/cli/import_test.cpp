#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>

#include "app/cli/import/csv.hpp"
#include "app/cli/import/device_row.hpp"
#include "app/cli/import/import_run.hpp"
#include "app/cli/import/progress_bar.hpp"
#include "app/cli/import/report.hpp"
#include "app/cli/import/row_source.hpp"
#include "app/cli/import/row_steps.hpp"
#include "app/cli/session/json_objects.hpp"
#include "farfield/v1/end_device_import.pb.h"
#include "test/app/cli/fake_api.hpp"
#include "ttn/lorawan/v3/end_device.pb.h"

namespace ff::cli {
namespace {

namespace pb = ttn::lorawan::v3;
using Cells = std::vector<std::string>;

constexpr ErrorDef taken{"pkg/test", "taken", Code::already_exists, "taken"};
constexpr ErrorDef not_there{"pkg/test", "not_found", Code::not_found, "not there"};
constexpr ErrorDef broken{"pkg/test", "broken", Code::internal, "broken"};
constexpr ErrorDef busy{"pkg/test", "busy", Code::resource_exhausted, "busy"};

std::vector<Cells> read_all(std::string_view text) {
  CsvReader reader(text);
  std::vector<Cells> rows;
  while (true) {
    const auto row = reader.next();
    if (!row) {
      rows.push_back({"!" + row.error().message()});
      continue;
    }
    if (!*row) return rows;
    rows.push_back((*row)->cells);
  }
}

TEST(Csv, IsReadWhateverSpreadsheetWroteIt) {
  const std::vector<Cells> expected = {{"id", "name"}, {"a", "x;\"y\"\nz"}, {"b", ""}};
  EXPECT_EQ(read_all("\xEF\xBB\xBFid;name\r\na;\"x;\"\"y\"\"\nz\"\r\n\r\n b;"), expected);
  EXPECT_EQ(read_all("id,name;x\n1,2\n"), (std::vector<Cells>{{"id", "name;x"}, {"1", "2"}}));
  EXPECT_TRUE(read_all("").empty());
}

TEST(Csv, SaysWhereItIsBroken) {
  EXPECT_EQ(read_all("a;b\n\"x\"y;1\n2;3\n"),
            (std::vector<Cells>{{"a", "b"}, {"!line 2: text behind a closing quote"}, {"2", "3"}}));
  EXPECT_EQ(read_all("a\n\"x\n"), (std::vector<Cells>{{"a"}, {"!line 2: a quote is not closed"}}));
}

TEST(Csv, CellsAreQuotedWhenTheyHaveToBe) {
  for (const auto* text : {"a", "a b", "a;b", "a\"b", "a\nb", " a", ""}) {
    const auto line = csv_cell(text, ';') + ";x\n";
    EXPECT_EQ(read_all("h;x\n" + line).at(1).at(0), text);
  }
}

TEST(JsonObjects, AreFoundInArraysAndOneAfterTheOther) {
  for (const auto* text : {R"([{"a":"}"},{"b":{"c":1}}])", "{\"a\":\"}\"}\n{\"b\":{\"c\":1}}\n"}) {
    JsonObjects objects(text);
    EXPECT_EQ(**objects.next(), R"({"a":"}"})");
    EXPECT_EQ(**objects.next(), R"({"b":{"c":1}})");
    const auto end = objects.next();
    ASSERT_TRUE(end);
    EXPECT_FALSE(end->has_value());
  }
  JsonObjects broken_text("{}\n\n{\"a\":");
  EXPECT_TRUE(broken_text.next());
  const auto error = broken_text.next();
  ASSERT_FALSE(error);
  EXPECT_EQ(error.error().message(), "line 3 of the input: the object has no end");
}

RowDefaults defaults() {
  auto device = std::make_shared<pb::EndDevice>();
  device->mutable_ids()->mutable_application_ids()->set_application_id("app-1");
  device->set_frequency_plan_id("EU_863_870");
  return {device, {"frequency_plan_id"}};
}

TEST(DeviceRow, OfCsvHasTheFieldsOfItsColumns) {
  const auto columns = CsvColumns::parse({"id", "dev_eui", "app_eui", "app_key", "rx1_delay",
                                          "vendor_id", "lorawan_version", "frequency_plan_id",
                                          "colour", "mac_settings.supports_32_bit_f_cnt"});
  ASSERT_TRUE(columns);
  EXPECT_EQ(columns->unknown(), Cells{"colour"});
  const auto row = columns->read(
      {"dev-1", "0102030405060708", "0000000000000000", "000102030405060708090a0b0c0d0e0f", "5",
       "1F", "1.0.3", "US_902_928_FSB_2", "blue", "true"},
      2, defaults());
  ASSERT_TRUE(row) << row.error().message();
  const auto& device = *row->device;
  EXPECT_EQ(device.ids().application_ids().application_id(), "app-1");
  EXPECT_EQ(device.ids().device_id(), "dev-1");
  EXPECT_EQ(device.frequency_plan_id(), "US_902_928_FSB_2");
  EXPECT_EQ(device.lora_alliance_profile_ids().vendor_id(), 31U);
  EXPECT_EQ(device.mac_settings().rx1_delay().value(), pb::RX_DELAY_5);
  EXPECT_TRUE(device.mac_settings().supports_32_bit_f_cnt().value());
  EXPECT_TRUE(device.supports_join());
  const std::set<std::string> paths(row->paths.begin(), row->paths.end());
  EXPECT_EQ(paths, (std::set<std::string>{"frequency_plan_id", "root_keys.app_key.key",
                                          "mac_settings.rx1_delay",
                                          "lora_alliance_profile_ids.vendor_id", "lorawan_version",
                                          "mac_settings.supports_32_bit_f_cnt", "supports_join"}));
}

TEST(DeviceRow, LeavesOutEmptyCells) {
  const auto columns = CsvColumns::parse({"id", "rx1_delay", "frequency_plan_id"});
  const auto row = columns->read({"dev-1", "", ""}, 2, defaults());
  ASSERT_TRUE(row);
  EXPECT_EQ(row->device->frequency_plan_id(), "EU_863_870");
  EXPECT_FALSE(row->device->mac_settings().has_rx1_delay());
}

TEST(DeviceRow, SaysWhereItIsWrong) {
  EXPECT_TRUE(CsvColumns::parse({"colour", "ids"}).error().is(csv_header));
  const auto columns = CsvColumns::parse({"id", "dev_eui"});
  EXPECT_EQ(columns->read({"a"}, 7, defaults()).error().message(),
            "line 7 has 1 cells, the header 2");
  // Spreadsheets make numbers of EUIs.
  const auto error = columns->read({"a", "1E+15"}, 7, defaults()).error();
  EXPECT_TRUE(error.is(parse_csv_field));
  EXPECT_NE(error.message().find("line 7, column `dev_eui`"), std::string::npos);
}

TEST(DeviceRow, OfJsonHasWhatIsSetInIt) {
  const auto row =
      read_device_json(R"({"ids":{"device_id":"d","application_ids":{"application_id":"other"}},)"
                       R"("session":{"dev_addr":"01020304"},"created_at":"2026-01-01T00:00:00Z"})",
                       defaults());
  ASSERT_TRUE(row) << row.error().message();
  EXPECT_EQ(row->device->ids().application_ids().application_id(), "app-1");
  EXPECT_FALSE(row->device->supports_join());
  const std::set<std::string> paths(row->paths.begin(), row->paths.end());
  EXPECT_EQ(paths,
            (std::set<std::string>{"frequency_plan_id", "session.dev_addr", "supports_join"}));
  EXPECT_FALSE(read_device_json("{\"ids\":1}", defaults()));
}

DeviceRow otaa_row() {
  auto row = *CsvColumns::parse({"id", "dev_eui", "join_eui", "app_key"})
                  ->read({"dev-1", "0102030405060708", "0102030405060700",
                          "000102030405060708090a0b0c0d0e0f"},
                         2, defaults());
  return row;
}

struct Walk {
  std::vector<std::string> methods;
  Verdict verdict = Verdict::failed;
  const ErrorDef* error = nullptr;
};

/// All calls of a row; `answers` fail those they name.
Walk walk(DeviceRow row, bool update, const std::map<std::string, const ErrorDef*>& answers,
          const std::string& present_eui = "\x01\x02\x03\x04\x05\x06\x07\x08") {
  RowSteps steps(std::move(row), update);
  Walk out;
  while (const auto call = steps.next()) {
    out.methods.emplace_back(call->method);
    if (call->method == "EndDeviceRegistry/Get") {
      auto& device = *google::protobuf::DynamicCastToGenerated<pb::EndDevice>(&call->answer);
      device.mutable_ids()->set_dev_eui(present_eui);
      device.mutable_ids()->set_join_eui(std::string("\x01\x02\x03\x04\x05\x06\x07\x00", 8));
    }
    const auto found = answers.find(out.methods.back());
    steps.on_answer(found == answers.end() ? Status() : fail(*found->second));
    EXPECT_LT(out.methods.size(), 20U);
  }
  out.verdict = steps.verdict();
  if (steps.error() != nullptr) out.error = &steps.error()->def();
  return out;
}

const std::string is_create = "EndDeviceRegistry/Create", is_get = "EndDeviceRegistry/Get",
                  is_delete = "EndDeviceRegistry/Delete", is_update = "EndDeviceRegistry/Update",
                  js_get = "JsEndDeviceRegistry/Get", js_set = "JsEndDeviceRegistry/Set",
                  js_delete = "JsEndDeviceRegistry/Delete", ns_get = "NsEndDeviceRegistry/Get",
                  ns_set = "NsEndDeviceRegistry/Set", ns_delete = "NsEndDeviceRegistry/Delete",
                  as_get = "AsEndDeviceRegistry/Get", as_set = "AsEndDeviceRegistry/Set",
                  as_delete = "AsEndDeviceRegistry/Delete";

TEST(RowSteps, CreateADeviceInFourCalls) {
  const auto done = walk(otaa_row(), false, {});
  EXPECT_EQ(done.methods, (Cells{is_create, js_set, ns_set, as_set}));
  EXPECT_EQ(done.verdict, Verdict::created);
}

TEST(RowSteps, LeaveOutTheJoinServerOfADeviceThatDoesNotJoin) {
  auto row = otaa_row();
  row.device->set_supports_join(false);
  EXPECT_EQ(walk(row, false, {}).methods, (Cells{is_create, ns_set, as_set}));
  EXPECT_EQ(walk(row, false, {{is_create, &taken}}).methods,
            (Cells{is_create, is_get, ns_get, as_get}));
  EXPECT_EQ(walk(row, true, {{is_create, &taken}}).methods,
            (Cells{is_create, is_get, is_update, ns_set, as_set}));
  EXPECT_EQ(walk(row, false, {{ns_set, &broken}}).methods,
            (Cells{is_create, ns_set, as_delete, ns_delete, is_delete}));
}

TEST(RowSteps, LeaveADeviceAloneThatIsThere) {
  const auto done = walk(otaa_row(), false, {{is_create, &taken}});
  EXPECT_EQ(done.methods, (Cells{is_create, is_get, js_get, ns_get, as_get}));
  EXPECT_EQ(done.verdict, Verdict::exists);
}

TEST(RowSteps, CompleteADeviceThatIsThereInPart) {
  const auto done =
      walk(otaa_row(), false, {{is_create, &taken}, {ns_get, &not_there}, {as_get, &not_there}});
  EXPECT_EQ(done.methods, (Cells{is_create, is_get, js_get, ns_get, ns_set, as_get, as_set}));
  EXPECT_EQ(done.verdict, Verdict::completed);
  const auto in_front = walk(otaa_row(), false, {{is_create, &taken}, {js_get, &not_there}});
  EXPECT_EQ(in_front.methods, (Cells{is_create, is_get, js_get, js_set, ns_get, as_get}));
  EXPECT_EQ(in_front.verdict, Verdict::completed);
}

TEST(RowSteps, SetADeviceThatIsThereWhenAskedTo) {
  const auto done = walk(otaa_row(), true, {{is_create, &taken}});
  EXPECT_EQ(done.methods, (Cells{is_create, is_get, is_update, js_set, ns_set, as_set}));
  EXPECT_EQ(done.verdict, Verdict::updated);
}

TEST(RowSteps, RefuseADeviceWhoseNameOrEuisAnotherHas) {
  const auto other = walk(otaa_row(), false, {{is_create, &taken}}, "87654321");
  EXPECT_EQ(other.methods, (Cells{is_create, is_get}));
  EXPECT_EQ(other.verdict, Verdict::failed);
  EXPECT_EQ(other.error->name, "taken");
  const auto euis = walk(otaa_row(), false, {{is_create, &taken}, {is_get, &not_there}});
  EXPECT_EQ(euis.error->name, "taken");
}

TEST(RowSteps, UndoWhatCanNotBeMadeWhole) {
  const auto done = walk(otaa_row(), false, {{as_set, &broken}});
  EXPECT_EQ(done.methods,
            (Cells{is_create, js_set, ns_set, as_set, as_delete, ns_delete, js_delete, is_delete}));
  EXPECT_EQ(done.error->name, "broken");
  // The join server's device of these EUIs is another's.
  EXPECT_EQ(walk(otaa_row(), false, {{js_set, &taken}}).methods,
            (Cells{is_create, js_set, is_delete}));
  // What is there already stays there.
  EXPECT_EQ(walk(otaa_row(), true, {{is_create, &taken}, {ns_set, &broken}}).methods,
            (Cells{is_create, is_get, is_update, js_set, ns_set}));
}

TEST(RowSteps, DoNotCallForARowWithoutIdentifiers) {
  auto row = otaa_row();
  row.device->mutable_ids()->clear_join_eui();
  const auto done = walk(row, false, {});
  EXPECT_TRUE(done.methods.empty());
  EXPECT_EQ(done.error->name, "no_end_device_eui");
}

class Reports : public testing::Test {
 protected:
  void SetUp() override {
    path_ = std::filesystem::path(testing::TempDir()) /
            ("cli-report-" + std::to_string(getpid()) + "-" +
             testing::UnitTest::GetInstance()->current_test_info()->name());
  }
  void TearDown() override { std::filesystem::remove(path_); }
  std::string text() const {
    std::ifstream file(path_);
    return {std::istreambuf_iterator<char>(file), {}};
  }
  std::filesystem::path path_;
};

TEST_F(Reports, GoOnWhereARunWasKilled) {
  {
    const auto report = Report::open(path_, "x", false);
    ASSERT_TRUE(report);
    (*report)->put(1, "a", Verdict::created, nullptr);
    const Error error(broken);
    (*report)->put(2, "b;c", Verdict::failed, &error);
    ASSERT_TRUE((*report)->flush());
  }
  std::ofstream(path_, std::ios::app) << "3;c;crea";
  const auto again = Report::open(path_, "x", false);
  ASSERT_TRUE(again);
  EXPECT_EQ((*again)->verdicts().of(1), Verdict::created);
  EXPECT_EQ((*again)->verdicts().count(Verdict::failed), 1U);
  EXPECT_FALSE((*again)->verdicts().of(3));
  (*again)->put(2, "b", Verdict::exists, nullptr);
  ASSERT_TRUE((*again)->flush());
  EXPECT_EQ((*again)->verdicts().count(Verdict::failed), 0U);
  EXPECT_EQ(text(),
            "# x\nrow;device_id;verdict;reason\n1;a;created;\n"
            "2;b?c;failed;error:pkg/test:broken (broken)\n2;b;exists;\n");
}

TEST_F(Reports, AreOfOneImport) {
  ASSERT_TRUE(Report::open(path_, "x", false));
  EXPECT_TRUE(Report::open(path_, "y", false).error().is(report_of_another));
  EXPECT_TRUE(Report::open(path_, "y", true));
}

std::string file_of(int rows) {
  std::string text = "id;dev_eui;join_eui;app_key\n";
  for (int i = 1; i <= rows; ++i)
    text += "dev-" + std::to_string(i) + ";" + std::to_string(1000000000000000 + i) +
            ";0000000000000000;000102030405060708090A0B0C0D0E0F\n";
  return text + "dev-x;nonsense;0000000000000000;\n";
}

TEST_F(Reports, OfARunHaveAVerdictForEachRow) {
  const auto text = file_of(10);
  int refusals = 2;
  FakeApi api([&](const std::string& method, const auto&, auto&) -> Status {
    // Too much at first; then as it should be.
    if (method == "EndDeviceRegistry/Create" && refusals-- > 0) return fail(busy);
    return {};
  });
  Cancel cancel;
  const auto source = make_row_source(FileFormat::csv, text, defaults());
  const auto report = Report::open(path_, "x", false);
  const auto progress = run_import(api, cancel, **source, **report, {.concurrency = 3});
  ASSERT_TRUE(progress);
  EXPECT_EQ(progress->rows, 11U);
  EXPECT_EQ(progress->handled, 11U);
  EXPECT_EQ((*report)->verdicts().count(Verdict::created), 10U);
  EXPECT_EQ((*report)->verdicts().count(Verdict::failed), 1U);

  // Once more: only what failed is tried.
  api.calls.clear();
  const auto again = make_row_source(FileFormat::csv, text, defaults());
  const auto second = run_import(api, cancel, **again, **report, {});
  ASSERT_TRUE(second);
  EXPECT_EQ(second->skipped, 10U);
  EXPECT_TRUE(api.calls.empty());
}

TEST_F(Reports, OfACanceledRunAreOfWhatWasDone) {
  const auto text = file_of(10);
  Cancel cancel;
  FakeApi api([&](const std::string& method, const auto&, auto&) -> Status {
    if (method == "NsEndDeviceRegistry/Set") cancel.cancel();
    return {};
  });
  const auto source = make_row_source(FileFormat::csv, text, defaults());
  const auto report = Report::open(path_, "x", false);
  const auto done = run_import(api, cancel, **source, **report, {.concurrency = 2});
  ASSERT_FALSE(done);
  EXPECT_TRUE(done.error().is(canceled));
  EXPECT_TRUE(api.cleans_up);
  EXPECT_EQ((*report)->verdicts().count(Verdict::created), 2U);
}

/// A server that takes many devices at once, as `verdict` says of each.
using farfield::v1::ImportedEndDeviceVerdict;
FakeApi batch_api(std::function<void(const std::string& id, ImportedEndDeviceVerdict&)> verdict) {
  return FakeApi([verdict](const std::string& method, const google::protobuf::Message& request,
                           google::protobuf::Message& answer) -> Status {
    if (method != "farfield.v1.EndDeviceImport/Import") return fail(broken);
    const auto& batch =
        *google::protobuf::DynamicCastToGenerated<farfield::v1::ImportEndDevicesRequest>(&request);
    auto& verdicts =
        *google::protobuf::DynamicCastToGenerated<farfield::v1::ImportEndDevicesResponse>(&answer);
    EXPECT_EQ(batch.application_ids().application_id(), "app-1");
    for (const auto& device : batch.devices())
      verdict(device.identity_server().end_device().ids().device_id(), *verdicts.add_verdicts());
    return {};
  });
}

TEST_F(Reports, OfBatchesHaveAVerdictForEachRow) {
  int refusals = 2;
  auto api = batch_api([&](const std::string& id, ImportedEndDeviceVerdict& verdict) {
    verdict.set_verdict(ImportedEndDeviceVerdict::CREATED);
    if (id == "dev-2") verdict.set_verdict(ImportedEndDeviceVerdict::EXISTS);
    if (id == "dev-3") verdict.set_verdict(ImportedEndDeviceVerdict::COMPLETED);
    if (id != "dev-4" && (id != "dev-5" || refusals-- <= 0)) return;
    // One that can not be, and one that can be later.
    verdict.set_verdict(ImportedEndDeviceVerdict::FAILED);
    auto& error = *verdict.mutable_error();
    error.set_name(id == "dev-4" ? "taken" : "busy");
    error.set_code(static_cast<std::uint32_t>(id == "dev-4" ? Code::already_exists
                                                            : Code::resource_exhausted));
  });
  Cancel cancel;
  const auto text = file_of(10);
  const auto source = make_row_source(FileFormat::csv, text, defaults());
  const auto report = Report::open(path_, "x", false);
  const auto progress = run_import(api, cancel, **source, **report, {.batch_size = 4});
  ASSERT_TRUE(progress);
  EXPECT_EQ(progress->handled, 11U);
  const auto& verdicts = (*report)->verdicts();
  EXPECT_EQ(verdicts.count(Verdict::created), 7U);
  EXPECT_EQ(verdicts.of(2), Verdict::exists);
  EXPECT_EQ(verdicts.of(3), Verdict::completed);
  EXPECT_EQ(verdicts.of(4), Verdict::failed);
  EXPECT_EQ(verdicts.of(5), Verdict::created);
  EXPECT_EQ(verdicts.of(11), Verdict::failed);
  EXPECT_EQ(api.calls.size(), 5U) << "4, 4 and 2 rows, and twice the one that could not be yet";
}

TEST_F(Reports, OfAServerWithoutBatchesAreOfSingleCalls) {
  constexpr ErrorDef unknown{"grpc", "unimplemented", Code::unimplemented, "unknown service"};
  FakeApi api([&](const std::string& method, const auto&, auto&) -> Status {
    if (method.starts_with("farfield.")) return fail(unknown);
    return {};
  });
  Cancel cancel;
  const auto text = file_of(10);
  const auto source = make_row_source(FileFormat::csv, text, defaults());
  const auto report = Report::open(path_, "x", false);
  ASSERT_TRUE(run_import(api, cancel, **source, **report,
                         {.concurrency = 2, .batch_size = 4, .batch_concurrency = 4}));
  EXPECT_EQ((*report)->verdicts().count(Verdict::created), 10U);
  EXPECT_EQ(api.calls.size(), 41U) << "one is refused, then four for each row";
}

TEST_F(Reports, OfABatchThatFailedAreOfItsRows) {
  int calls = 0;
  FakeApi api([&](const std::string&, const auto&, auto&) -> Status {
    return ++calls == 1 ? fail(busy) : fail(broken);
  });
  Cancel cancel;
  const auto text = file_of(3);
  const auto source = make_row_source(FileFormat::csv, text, defaults());
  const auto report = Report::open(path_, "x", false);
  ASSERT_TRUE(run_import(api, cancel, **source, **report, {.batch_size = 4}));
  EXPECT_EQ((*report)->verdicts().count(Verdict::failed), 4U);
  EXPECT_EQ(calls, 2) << "the rows that were too much went once more, together";
}

TEST_F(Reports, OfUpdatesAreOfSingleCalls) {
  FakeApi api;
  Cancel cancel;
  const auto text = file_of(1);
  const auto source = make_row_source(FileFormat::csv, text, defaults());
  const auto report = Report::open(path_, "x", false);
  ASSERT_TRUE(run_import(api, cancel, **source, **report, {.update = true, .batch_size = 4}));
  EXPECT_EQ(api.methods(), (Cells{is_create, js_set, ns_set, as_set}));
}

TEST(ProgressBar, ShowsHowFarItIs) {
  EXPECT_EQ(bar_text({.rows = 500, .handled = 400, .offset = 50}, 100, 3, 2.0),
            "[###############---------------] 50 %  500 rows, 200/s, 3 failed, 2 s left");
}

}  // namespace
}  // namespace ff::cli
