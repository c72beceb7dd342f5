// A YAML document as a tree with places, read by libyaml (the parser behind Ruby's Psych).
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <yaml.h>

namespace bootcheck {

enum class YamlKind { scalar, sequence, mapping };

/// One node of a YamlDocument, which has to outlive it.
class YamlNode {
 public:
  /// Stands where nothing was written: it has no place (line and column 0), and no kind.
  YamlNode() = default;
  YamlNode(yaml_document_t* document, yaml_node_t* node) : document_(document), node_(node) {}

  bool is_absent() const { return node_ == nullptr; }
  int line() const { return is_absent() ? 0 : static_cast<int>(node_->start_mark.line) + 1; }
  int column() const { return is_absent() ? 0 : static_cast<int>(node_->start_mark.column) + 1; }

  // Of a node that is there.
  YamlKind kind() const;

  std::string_view text() const;        ///< of a scalar
  bool is_plain() const;                ///< a scalar without quotes
  bool is_null() const;                 ///< a plain scalar: nothing, `~` or `null`
  std::vector<YamlNode> items() const;  ///< of a sequence
  std::vector<std::pair<YamlNode, YamlNode>> pairs()
      const;  ///< of a mapping, in the order of the file

 private:
  YamlNode node(int index) const;

  yaml_document_t* document_ = nullptr;
  yaml_node_t* node_ = nullptr;
};

struct YamlMistake {
  int line = 0;
  int column = 0;
  std::string message;
};

class YamlDocument {
 public:
  /// Parses one document. Aliases stay shared nodes: a reader that walks them has to bound its
  /// steps.
  explicit YamlDocument(std::string_view text);
  ~YamlDocument();
  YamlDocument(const YamlDocument&) = delete;
  YamlDocument& operator=(const YamlDocument&) = delete;

  /// What is wrong with the text; null: nothing.
  const YamlMistake* mistake() const { return mistake_.get(); }
  bool is_empty() const { return root_ == nullptr; }
  YamlNode root() { return {&document_, root_}; }

 private:
  void check_end(yaml_parser_t& parser, std::string_view text);
  void note_mistake(const yaml_parser_t& parser, std::string_view text);

  yaml_document_t document_{};
  yaml_node_t* root_ = nullptr;
  bool loaded_ = false;
  std::unique_ptr<YamlMistake> mistake_;
};

}  // namespace bootcheck
