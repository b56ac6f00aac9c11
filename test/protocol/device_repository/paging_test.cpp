// Lists of a catalogue: pages make up the whole, orders are orders, searches are what they look
// for. [spec devices-repository §1.6]
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>

#include "protocol/device_repository/catalogue.hpp"

namespace ff::device_repository {
namespace {

/// Brands `brand-00` to `brand-24` with three models each; names run against the ids, and some are
/// alike.
Catalogue many() {
  std::map<std::string, std::string> bodies;
  std::string brands;
  for (int i = 0; i < 25; ++i) {
    const std::string id = "brand-" + std::string(i < 10 ? "0" : "") + std::to_string(i);
    brands += (i == 0 ? "" : ",") + (R"({"brand_id":")" + id + R"(","name":"Name )" +
                                     std::string(1, static_cast<char>('Z' - i / 2)) + "\"}");
    bodies[id + "/index.yaml"] = R"({"models":["model-a","model-b","model-c"]})";
    for (const char* model : {"model-a", "model-b", "model-c"})
      bodies[id + "/" + model + ".yaml"] = R"({"name":"Of )" + id + R"(","sensors":["co2","pH"]})";
  }
  bodies["index.yaml"] = R"({"brands":[)" + brands + "]}";
  return Catalogue::make(bodies);
}

std::vector<std::string> ids(const CataloguePage<Brand>& page) {
  std::vector<std::string> out;
  for (const auto* brand : page.entries) out.push_back(brand->brand_id);
  return out;
}

std::vector<std::string> ids(const CataloguePage<Model>& page) {
  std::vector<std::string> out;
  for (const auto* model : page.entries) out.push_back(model->brand_id + "/" + model->model_id);
  return out;
}

TEST(Paging, PagesOfEverySizeMakeUpTheWhole) {
  const auto catalogue = many();
  for (const char* order : {"", "brand_id", "-brand_id", "name", "-name", "model_id"}) {
    const auto whole = ids(catalogue.models({.order_by = order}));
    ASSERT_EQ(whole.size(), 75U);
    for (const std::uint32_t limit : {1U, 7U, 25U, 74U, 75U, 76U, 1000U, 4'000'000'000U}) {
      std::vector<std::string> joined;
      for (std::uint32_t page = 1;; ++page) {
        const auto one = catalogue.models({.order_by = order, .limit = limit, .page = page});
        EXPECT_EQ(one.total, 75U);
        if (one.entries.empty()) break;
        const auto part = ids(one);
        EXPECT_LE(part.size(), limit);
        joined.insert(joined.end(), part.begin(), part.end());
      }
      EXPECT_EQ(joined, whole) << order << ' ' << limit;
    }
  }
}

TEST(Paging, PageNoughtIsTheFirstAndALateOneIsEmpty) {
  const auto catalogue = many();
  EXPECT_EQ(ids(catalogue.brands({.limit = 5, .page = 0})),
            ids(catalogue.brands({.limit = 5, .page = 1})));
  for (const std::uint32_t page : {6U, 1000U, 4'294'967'295U}) {
    const auto late = catalogue.brands({.limit = 5, .page = page});
    EXPECT_TRUE(late.entries.empty()) << page;
    EXPECT_EQ(late.total, 25U);
  }
}

TEST(Paging, OrdersAreOrdersAndKeepTheIdsAmongEquals) {
  const auto catalogue = many();
  const auto by_id = ids(catalogue.brands({}));
  EXPECT_TRUE(std::ranges::is_sorted(by_id));
  auto reversed = by_id;
  std::ranges::reverse(reversed);
  EXPECT_EQ(ids(catalogue.brands({.order_by = "-brand_id"})), reversed);
  const auto page = catalogue.brands({.order_by = "name"});
  for (std::size_t i = 1; i < page.entries.size(); ++i) {
    const auto& before = *page.entries[i - 1];
    const auto& after = *page.entries[i];
    EXPECT_TRUE(before.name < after.name ||
                (before.name == after.name && before.brand_id < after.brand_id));
  }
  const auto down = catalogue.brands({.order_by = "-name"});
  for (std::size_t i = 1; i < down.entries.size(); ++i)
    EXPECT_GE(down.entries[i - 1]->name, down.entries[i]->name);
}

TEST(Paging, ASearchFindsEveryWordOfIt) {
  const auto catalogue = many();
  const std::pair<const char*, std::size_t> searches[] = {{"", 75},
                                                          {" ", 75},
                                                          {"co2", 75},
                                                          {"CO2 ph", 75},
                                                          {"brand-07", 3},
                                                          {"brand-07 co2", 3},
                                                          {"brand-07 nox", 0},
                                                          {"model-a", 25},
                                                          {"  model-a   brand-1 ", 10}};
  for (const auto& [search, count] : searches) {
    const auto found = catalogue.models({.search = search});
    EXPECT_EQ(found.total, count) << search;
    EXPECT_EQ(found.entries.size(), count) << search;
  }
  EXPECT_EQ(catalogue.models({.brand_id = "brand-03", .search = "model-b"}).total, 1U);
  EXPECT_EQ(catalogue.models({.brand_id = "brand-0"}).total, 0U);
}

TEST(Paging, WhatIndicesNameWithoutAFileIsNotThere) {
  const auto catalogue = Catalogue::make({
      {"index.yaml", R"({"brands":[{"brand_id":"acme"},{"brand_id":"none"},{"name":"x"},7]})"},
      {"acme/index.yaml", R"({"models":["one","two",3]})"},
      {"acme/one.yaml", R"({"name":"One"})"},
      {"acme/two.yaml", "damaged"},
      {"acme/three.yaml", R"({"name":"Three"})"},
  });
  EXPECT_EQ(ids(catalogue.brands({})), (std::vector<std::string>{"acme", "none"}));
  EXPECT_EQ(ids(catalogue.models({})), (std::vector<std::string>{"acme/one"}));
  EXPECT_NE(catalogue.brand("acme"), nullptr);
  EXPECT_EQ(catalogue.brand("acm"), nullptr);
  EXPECT_NE(catalogue.model("acme", "one"), nullptr);
  EXPECT_EQ(catalogue.model("acme", "two"), nullptr);
  EXPECT_EQ(catalogue.model("none", "one"), nullptr);
  for (const auto& bodies : {std::map<std::string, std::string>{},
                             std::map<std::string, std::string>{{"index.yaml", "[]"}},
                             std::map<std::string, std::string>{{"index.yaml", R"({"brands":7})"}}})
    EXPECT_EQ(Catalogue::make(bodies).brands({}).total, 0U);
}

}  // namespace
}  // namespace ff::device_repository
