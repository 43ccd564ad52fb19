// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/calibration/sample_list.h"

#include <QFileDialog>
#include <QHBoxLayout>
#include <QVBoxLayout>

namespace clipscope::widgets {

SampleList::SampleList(QWidget* parent) : QWidget(parent), m_list(new QListWidget) {
    m_list->setObjectName(QStringLiteral("sampleList"));
    m_list->setAccessibleName(tr("Files and folders of samples"));
    m_list->setToolTip(
        tr("Folders of images (PNG, JPEG) or .npy files, images, .npy, .npz with one "
           "array per input; drop them anywhere on the window"));
    m_list->setSelectionMode(QAbstractItemView::ExtendedSelection);
    m_list->setAlternatingRowColors(true);
    m_list->setFixedHeight(4 * 22 + 4);
    m_chooser = [this](bool folder) {
        if (folder) {
            const QString path = QFileDialog::getExistingDirectory(this, tr("Folder of samples"));
            return path.isEmpty() ? QStringList() : QStringList{path};
        }
        return QFileDialog::getOpenFileNames(
            this, tr("Samples"), {}, tr("Samples (*.npy *.npz *.png *.jpg *.jpeg);;All files (*)"));
    };
    auto* files = button("addSampleFiles", tr("Add files…"), tr("Images, .npy or .npz files"));
    auto* folder = button("addSampleFolder", tr("Add folder…"), tr("A folder of images or arrays"));
    m_remove = button("removeSamples", tr("Remove"), tr("Takes the selected lines off the list"));
    m_remove->setEnabled(false);
    connect(files, &QPushButton::clicked, this, [this] { add(m_chooser(false)); });
    connect(folder, &QPushButton::clicked, this, [this] { add(m_chooser(true)); });
    connect(m_remove, &QPushButton::clicked, this, &SampleList::removeSelected);
    connect(m_list, &QListWidget::itemSelectionChanged, this,
            [this] { m_remove->setEnabled(!m_list->selectedItems().isEmpty()); });

    auto* buttons = new QVBoxLayout;
    buttons->setSpacing(4);
    buttons->addWidget(files);
    buttons->addWidget(folder);
    buttons->addWidget(m_remove);
    buttons->addStretch();
    auto* layout = new QHBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(8);
    layout->addWidget(m_list, 1);
    layout->addLayout(buttons);
}

QPushButton* SampleList::button(const char* name, const QString& text, const QString& tip) {
    auto* made = new QPushButton(text);
    made->setObjectName(QLatin1String(name));
    made->setToolTip(tip);
    return made;
}

QStringList SampleList::paths() const {
    QStringList paths;
    for (int row = 0; row < m_list->count(); ++row)
        paths << m_list->item(row)->text();
    return paths;
}

void SampleList::setPaths(const QStringList& paths) {
    if (paths == this->paths())
        return;
    m_list->clear();
    m_list->addItems(paths);
}

void SampleList::add(const QStringList& paths) {
    QStringList all = this->paths();
    for (const QString& path : paths)
        if (!all.contains(path))
            all << path;
    if (all == this->paths())
        return;
    setPaths(all);
    emit changed();
}

void SampleList::removeSelected() {
    for (QListWidgetItem* item : m_list->selectedItems())
        delete item;
    emit changed();
}

}  // namespace clipscope::widgets
