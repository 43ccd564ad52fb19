// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/exporting/header_editor.h"

#include <QFontDatabase>
#include <QHBoxLayout>

#include "analysis/base/error.h"
#include "analysis/formats/tensorrt_header.h"

namespace clipscope::widgets {
namespace {

struct Version {
    const char* name;
    const char* digits;
};

/// Of the releases that are in use; any other is typed into the header.
constexpr Version kVersions[] = {{"TensorRT 10.3.0", "100300"}, {"TensorRT 10.0.1", "100001"},
                                 {"TensorRT 8.6.1", "8601"},    {"TensorRT 8.5.3", "8503"},
                                 {"TensorRT 8.4.3", "8403"},    {"TensorRT 8.2.5", "8205"},
                                 {"TensorRT 8.0.3", "8003"},    {"TensorRT 7.2.3", "7203"}};

}  // namespace

HeaderEditor::HeaderEditor(QWidget* parent) : QWidget(parent) {
    m_text = new QLineEdit(this);
    m_text->setObjectName(QStringLiteral("headerField"));
    m_text->setAccessibleName(tr("Header"));
    m_text->setFont(QFontDatabase::systemFont(QFontDatabase::FixedFont));
    m_text->setToolTip(
        tr("The first line of the cache. TensorRT calibrates again, silently, where "
           "the version is not its own, and stops where the algorithm is not its "
           "calibrator's."));
    m_version = new QComboBox(this);
    m_version->setObjectName(QStringLiteral("versionBox"));
    m_version->setToolTip(tr("The TensorRT that will read the cache"));
    m_version->setAccessibleName(tr("TensorRT version"));
    for (const Version& version : kVersions)
        m_version->addItem(QString::fromLatin1(version.name), QString::fromLatin1(version.digits));
    m_algorithm = new QComboBox(this);
    m_algorithm->setObjectName(QStringLiteral("algorithmBox"));
    m_algorithm->setToolTip(tr("The calibrator that will read the cache"));
    m_algorithm->setAccessibleName(tr("Calibrator"));
    for (const std::string& algorithm : formats::tensorRtAlgorithms())
        m_algorithm->addItem(QString::fromStdString(algorithm));
    m_note = new FigureLabel({}, FigureLabel::Role::Muted, Qt::AlignLeft, this);
    m_note->setObjectName(QStringLiteral("headerNote"));
    m_note->setWidest(tr("kept from the original"));

    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(8);
    row->addWidget(m_text, 1);
    row->addWidget(m_version);
    row->addWidget(m_algorithm);
    row->addWidget(m_note);
    setFocusProxy(m_text);
    connect(m_text, &QLineEdit::textChanged, this, [this] {
        showParts();
        showNote();
        emit changed();
    });
    connect(m_version, &QComboBox::activated, this, &HeaderEditor::takeParts);
    connect(m_algorithm, &QComboBox::activated, this, &HeaderEditor::takeParts);
}

void HeaderEditor::setDefault(const QString& header, bool isRead) {
    const bool followed = m_text->text() == m_default;
    m_default = header;
    m_isRead = isRead;
    if (followed)
        m_text->setText(header);
    showNote();
}

QString HeaderEditor::problem() const {
    try {
        formats::checkHeader(header().toStdString());
    } catch (const Error& error) {
        return QString::fromStdString(error.what());
    }
    return {};
}

void HeaderEditor::showParts() {
    const auto parts = formats::parseHeader(header().toStdString());
    m_version->setCurrentIndex(parts ? m_version->findData(QString::fromStdString(parts->version))
                                     : -1);
    m_algorithm->setCurrentIndex(
        parts ? m_algorithm->findText(QString::fromStdString(parts->algorithm)) : -1);
}

void HeaderEditor::takeParts() {
    const auto parts = formats::parseHeader(header().toStdString());
    // What is in neither list stays as it is typed.
    const QString version = m_version->currentIndex() >= 0 ? m_version->currentData().toString()
                            : parts                        ? QString::fromStdString(parts->version)
                                                           : QStringLiteral("8601");
    const QString algorithm = m_algorithm->currentIndex() >= 0 ? m_algorithm->currentText()
                              : parts ? QString::fromStdString(parts->algorithm)
                                      : QStringLiteral("EntropyCalibration2");
    m_text->setText(QStringLiteral("TRT-%1-%2").arg(version, algorithm));
}

void HeaderEditor::showNote() {
    const bool isDefault = header() == m_default;
    m_note->setText(!isDefault ? tr("changed")
                    : m_isRead ? tr("kept from the original")
                               : tr("of the method"));
    m_note->setToolTip(isDefault ? tr("What the command line writes without --header")
                                 : tr("Without the change it would be %1").arg(m_default));
}

}  // namespace clipscope::widgets
