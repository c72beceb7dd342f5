#include "config/yaml.h"

#include <algorithm>
#include <new>

#include <fmt/format.h>

namespace bootcheck {
namespace {

constexpr std::size_t kQuick = 20'000;  // bytes; of so many even brackets alone take a moment
constexpr int kDeepest = 100;

struct Parser {
  explicit Parser(std::string_view text) {
    if (yaml_parser_initialize(&parser) == 0) throw std::bad_alloc();
    yaml_parser_set_input_string(&parser, reinterpret_cast<const unsigned char*>(text.data()),
                                 text.size());
  }
  ~Parser() { yaml_parser_delete(&parser); }
  Parser(const Parser&) = delete;
  Parser& operator=(const Parser&) = delete;

  yaml_parser_t parser{};
};

int depth_of(yaml_event_type_t type) {
  if (type == YAML_SEQUENCE_START_EVENT || type == YAML_MAPPING_START_EVENT) return 1;
  return type == YAML_SEQUENCE_END_EVENT || type == YAML_MAPPING_END_EVENT ? -1 : 0;
}

/// For each token libyaml looks through all open brackets: a megabyte of them takes hours. Null: it
/// is not that deep, or it is no YAML before it gets so deep.
std::unique_ptr<YamlMistake> find_depth(std::string_view text) {
  Parser holder(text);
  yaml_event_t event;
  int depth = 0;
  for (bool more = true; more && yaml_parser_parse(&holder.parser, &event) != 0;) {
    const auto mark = event.start_mark;
    depth += depth_of(event.type);
    more = event.type != YAML_STREAM_END_EVENT;
    yaml_event_delete(&event);
    if (depth > kDeepest)
      return std::make_unique<YamlMistake>(YamlMistake{static_cast<int>(mark.line) + 1,
                                                       static_cast<int>(mark.column) + 1,
                                                       "nothing belongs so deep inside"});
  }
  return nullptr;
}

/// Where the text ends.
yaml_mark_t mark_of(std::string_view text) {
  const auto last_line = text.substr(text.find_last_of('\n') + 1);
  const auto is_character = [](char byte) { return (byte & 0xc0) != 0x80; };  // not one's rest
  return {.index = text.size(),
          .line = static_cast<std::size_t>(std::ranges::count(text, '\n')),
          .column = static_cast<std::size_t>(std::ranges::count_if(last_line, is_character))};
}

/// Of which libyaml says that it cannot start any token.
bool is_indented_by_tab(std::string_view text, int line) {
  for (; line > 1 && !text.empty(); --line)
    text.remove_prefix(std::min(text.find('\n'), text.size() - 1) + 1);
  const auto first = text.find_first_not_of(" \t");
  return text.substr(0, first).find('\t') != std::string_view::npos;
}

}  // namespace

YamlKind YamlNode::kind() const {
  if (node_->type == YAML_SEQUENCE_NODE) return YamlKind::sequence;
  return node_->type == YAML_MAPPING_NODE ? YamlKind::mapping : YamlKind::scalar;
}

std::string_view YamlNode::text() const {
  const auto& scalar = node_->data.scalar;
  return {reinterpret_cast<const char*>(scalar.value), scalar.length};
}

bool YamlNode::is_plain() const {
  return node_->type == YAML_SCALAR_NODE && node_->data.scalar.style == YAML_PLAIN_SCALAR_STYLE;
}

bool YamlNode::is_null() const {
  return is_plain() && (text().empty() || text() == "~" || text() == "null");
}

YamlNode YamlNode::node(int index) const {
  return {document_, yaml_document_get_node(document_, index)};
}

std::vector<YamlNode> YamlNode::items() const {
  std::vector<YamlNode> items;
  for (auto* item = node_->data.sequence.items.start; item < node_->data.sequence.items.top; ++item)
    items.push_back(node(*item));
  return items;
}

std::vector<std::pair<YamlNode, YamlNode>> YamlNode::pairs() const {
  std::vector<std::pair<YamlNode, YamlNode>> pairs;
  for (auto* pair = node_->data.mapping.pairs.start; pair < node_->data.mapping.pairs.top; ++pair)
    pairs.emplace_back(node(pair->key), node(pair->value));
  return pairs;
}

YamlDocument::YamlDocument(std::string_view text) {
  if (text.size() > kQuick) mistake_ = find_depth(text);
  if (mistake_) return;
  Parser holder(text);
  auto& parser = holder.parser;
  loaded_ = yaml_parser_load(&parser, &document_) != 0;
  if (loaded_) {
    root_ = yaml_document_get_root_node(&document_);
    check_end(parser, text);
  } else {
    note_mistake(parser, text);
  }
}

YamlDocument::~YamlDocument() {
  if (loaded_) yaml_document_delete(&document_);
}

void YamlDocument::check_end(yaml_parser_t& parser, std::string_view text) {
  if (root_ == nullptr) return;
  yaml_document_t next;
  if (yaml_parser_load(&parser, &next) == 0) return note_mistake(parser, text);
  if (const auto* root = yaml_document_get_root_node(&next); root != nullptr) {
    mistake_ = std::make_unique<YamlMistake>(
        YamlMistake{static_cast<int>(root->start_mark.line) + 1, 1,
                    "a second document begins here; there can only be one"});
  }
  yaml_document_delete(&next);
}

void YamlDocument::note_mistake(const yaml_parser_t& parser, std::string_view text) {
  mistake_ = std::make_unique<YamlMistake>();
  // libyaml's reader counts bytes only, and leaves the mark of the mistake before it, if any.
  const auto mark = parser.error == YAML_READER_ERROR
                        ? mark_of(text.substr(0, std::min(parser.problem_offset, text.size())))
                        : parser.problem_mark;
  mistake_->line = static_cast<int>(mark.line) + 1;
  mistake_->column = static_cast<int>(mark.column) + 1;
  mistake_->message = parser.problem == nullptr ? "no YAML" : parser.problem;
  if (is_indented_by_tab(text, mistake_->line)) {
    mistake_->message = "a tab; YAML is indented with spaces";
  } else if (parser.context != nullptr) {
    const std::string_view context(parser.context);
    mistake_->message = fmt::format("{}: {}", context, mistake_->message);
    // Of what is wrong with it libyaml knows only that it was to be a key or a list's item.
    if (context.starts_with("while parsing a block"))
      mistake_->message += "; is it indented like the lines above, and is every quote closed?";
  }
}

}  // namespace bootcheck
