/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Image files.
 *
 *     read   bytes -> the format that recognises them -> stored pixels -> upright pixels
 *     write  upright pixels -> stored pixels -> the format that was asked for -> bytes
 *
 * A format is a row in the table below; formats don't know each other.  EXIF is
 * carried as it is, its orientation included, so the pixels are turned back before they
 * are stored, and a file that had to be turned to be looked at stays such a file.
 */
#include "file/imagefile.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/memory.h"
#include "file/kinds.h"
#include "file/newfile.h"
#include "file/nopicture.h"
#include "file/stream.h"
#include "file/thumbnail.h"

static const tmk_codec *const codecs[] = {
    &tmk_png_codec,
    &tmk_jpeg_codec,
    &tmk_webp_codec,
    &tmk_avif_codec,
};

#define CODECS (sizeof codecs / sizeof codecs[0])

static const tmk_codec *codec_of(tmk_format format)
{
    for (size_t i = 0; i < CODECS; i++)
        if (codecs[i]->format == format)
            return codecs[i];
    return NULL;
}

const char *tmk_features(void)
{
#ifdef HAVE_AVIF
    return "png jpeg webp avif";
#else
    return "png jpeg webp";
#endif
}

const char *tmk_format_name(tmk_format format)
{
    const tmk_codec *codec = codec_of(format);

    return codec != NULL ? codec->name : "unknown";
}

static int ends_with(const char *path, const char *ending)
{
    size_t length = strlen(path), wanted = strlen(ending);

    return length > wanted && strcasecmp(path + length - wanted, ending) == 0;
}

tmk_format tmk_format_of_path(const char *path)
{
    for (size_t i = 0; path != NULL && i < CODECS; i++)
        for (size_t j = 0; j < 4 && codecs[i]->endings[j] != NULL; j++)
            if (ends_with(path, codecs[i]->endings[j]))
                return codecs[i]->format;
    return TMK_FORMAT_UNKNOWN;
}

void tmk_write_options_init(tmk_write_options *options)
{
    *options = (tmk_write_options){TMK_FORMAT_UNKNOWN, 0, 0};
}

static tmk_status check_options(const tmk_write_options *options, tmk_error *error)
{
    if (options->format != TMK_FORMAT_UNKNOWN && options->format != TMK_FORMAT_AS_READ &&
        codec_of(options->format) == NULL)
        return tmk_fail(error, TMK_BAD_ARGUMENT, "unknown format %d", (int)options->format);
    if (options->quality < 0 || options->quality > TMK_MAX_QUALITY)
        return tmk_fail(error, TMK_BAD_ARGUMENT,
                        "quality %d; it must be 1 to %d, or 0 for that of the input",
                        options->quality, TMK_MAX_QUALITY);
    return TMK_OK;
}

/* --------------------------------------------------------- what the formats share */

static tmk_status fail_size(const char *name, uint64_t width, uint64_t height,
                            tmk_error *error)
{
    return tmk_fail(error, TMK_NO_MEMORY,
                    "%s: %llu x %llu pixels are beyond the limits of %d a side and %u "
                    "million in all; cut it into slices",
                    name, (unsigned long long)width, (unsigned long long)height, TMK_MAX_SIDE,
                    TMK_MAX_PIXELS / 1000000u);
}

tmk_status tmk_file_check_sides(const char *name, uint64_t width, uint64_t height,
                                tmk_error *error)
{
    if (width == 0 || height == 0)
        return tmk_fail(error, TMK_BAD_FILE, "%s: a picture without pixels; export it again",
                        name);
    if (width > TMK_MAX_SIDE || height > TMK_MAX_SIDE)
        return fail_size(name, width, height, error);
    return TMK_OK;
}

tmk_status tmk_file_check_size(const char *name, uint64_t width, uint64_t height,
                               tmk_error *error)
{
    TMK_TRY(tmk_file_check_sides(name, width, height, error));
    return width * height > TMK_MAX_PIXELS ? fail_size(name, width, height, error) : TMK_OK;
}

/* Sample I of a row, rounded to 8 bits: 65535 / 255 = 257 exactly. */
static unsigned char sample8(const unsigned char *row, size_t i, int depth)
{
    return depth == 8
               ? row[i]
               : (unsigned char)((((const uint16_t *)(const void *)row)[i] + 128u) / 257u);
}

void tmk_file_row8(const tmk_picture *picture, int y, int channels, unsigned char *out)
{
    const unsigned char *row = tmk_picture_row(picture, y);
    int spread = channels >= 3 && picture->channels < 3;
    size_t in = 0;

    for (int x = 0; x < picture->width; x++) {
        for (int c = 0; c < channels; c++) {
            *out++ = sample8(row, in, picture->depth);
            if (!spread || c > 1)
                in++;
        }
    }
}

/* ---------------------------------------------------------------------- decoding */

const tmk_codec *tmk_file_recognise(const tmk_source *source)
{
    for (size_t i = 0; i < CODECS; i++)
        if (codecs[i]->is(source))
            return codecs[i];
    return NULL;
}

const char *tmk_format_kind(tmk_format format)
{
    static const char *const names[] = {
        [TMK_PNG] = "PNG", [TMK_JPEG] = "JPEG", [TMK_WEBP] = "WebP", [TMK_AVIF] = "AVIF"};

    return codec_of(format) != NULL ? names[format] : "unknown";
}

const char *tmk_picture_kind(const void *head, size_t size, tmk_format *format)
{
    tmk_source source = {head, size, "", 0};
    const tmk_codec *codec = tmk_file_recognise(&source);

    *format = codec != NULL ? codec->format : TMK_FORMAT_UNKNOWN;
    return codec != NULL ? tmk_format_kind(*format) : tmk_foreign_kind(head, size);
}

const char *tmk_picture_kind_of_path(const char *path)
{
    return tmk_foreign_kind_of_path(path);
}

static tmk_status find_codec(const tmk_source *source, const tmk_codec **codec,
                             tmk_error *error)
{
    const char *kind;

    if (source->size == 0)
        return tmk_fail(error, TMK_BAD_FILE, "%s: an empty file; export it again",
                        source->name);
    *codec = tmk_file_recognise(source);
    if (*codec != NULL)
        return TMK_OK;
    kind = tmk_foreign_kind(source->bytes, source->size);
    if (kind != NULL)
        return tmk_fail(error, TMK_UNSUPPORTED,
                        "%s: %s files can't be read; convert it to PNG, JPEG or WebP",
                        source->name, kind);
    return tmk_refuse_no_picture(source->bytes, source->size, source->name, error);
}

/* Turns the pixels from how they are stored to how they are looked at. */
static tmk_status make_upright(tmk_image *image, tmk_error *error)
{
    tmk_picture upright;
    tmk_status status;

    if (image->orientation == 0)
        image->orientation = tmk_exif_orientation(&image->metadata.exif);
    if (image->orientation == TMK_UPRIGHT)
        return TMK_OK;
    status = tmk_picture_orient(&upright, &image->picture, image->orientation, error);
    if (status == TMK_OK) {
        tmk_picture_release(&image->picture);
        image->picture = upright;
    }
    return status;
}

/* Makes the stored rows that were not decoded transparent: they are then not read. */
static tmk_status hide_missing_rows(tmk_image *image, tmk_error *error)
{
    const tmk_picture *picture = &image->picture;
    size_t sample = (size_t)picture->depth / 8;
    size_t old = tmk_picture_pixel_size(picture), colours = old;
    int had_alpha = tmk_picture_has_alpha(picture);
    tmk_picture hidden;

    if (image->damage.rows >= picture->height)
        return TMK_OK;
    TMK_TRY(tmk_picture_alloc(&hidden, picture->width, picture->height,
                              picture->channels + !had_alpha, picture->depth, error));
    colours -= had_alpha ? sample : 0;
    for (int y = 0; y < image->damage.rows; y++) {
        const unsigned char *in = tmk_picture_row(picture, y);
        unsigned char *out = tmk_picture_row(&hidden, y);

        for (int x = 0; x < picture->width; x++, in += old, out += colours + sample) {
            memcpy(out, in, old);
            if (!had_alpha)
                memset(out + colours, 0xff, sample);
        }
    }
    tmk_picture_release(&image->picture);
    image->picture = hidden;
    return TMK_OK;
}

/* Who reads a seized file can't export it again. */
static void advise_investigator(tmk_error *error)
{
    static const char ours[] = "; export it again", theirs[] = "; look for another copy";
    size_t length = error != NULL ? strlen(error->text) : 0;

    if (length < sizeof ours || strcmp(error->text + length - (sizeof ours - 1), ours) != 0)
        return;
    error->text[length - (sizeof ours - 1)] = '\0';
    strncat(error->text, theirs, sizeof error->text - strlen(error->text) - 1);
}

static tmk_status decode(const tmk_source *source, tmk_image **image, tmk_error *error)
{
    const tmk_codec *codec = NULL;
    tmk_image *self = NULL;
    tmk_status status;

    *image = NULL;
    TMK_TRY(find_codec(source, &codec, error));
    self = tmk_calloc(1, sizeof *self);
    if (self == NULL)
        return tmk_fail_memory(error, source->name);
    self->format = codec->format;
    status = codec->decode(source, self, error);
    self->damage.found = source->salvage;
    self->damage.of = self->picture.height;
    if (!source->salvage)
        self->damage.rows = self->damage.of;
    if (status == TMK_OK)
        status = hide_missing_rows(self, error);
    if (status == TMK_OK)
        status = make_upright(self, error);
    if (status != TMK_OK)
        tmk_image_free(&self);
    *image = self;
    return status;
}

void tmk_read_options_init(tmk_read_options *options)
{
    *options = (tmk_read_options){0};
}

tmk_status tmk_image_decode_with(const void *data, size_t size, const char *name,
                                 const tmk_read_options *options, tmk_image **image,
                                 tmk_error *error)
{
    tmk_source source = {data, size, name != NULL ? name : "image", 0};
    tmk_status status = decode(&source, image, error);

    if (status != TMK_BAD_FILE || options == NULL || !options->salvage)
        return status;
    source.salvage = 1;
    status = decode(&source, image, error);
    if (status == TMK_BAD_FILE)
        advise_investigator(error);
    return status;
}

tmk_status tmk_image_decode(const void *data, size_t size, const char *name,
                            tmk_image **image, tmk_error *error)
{
    return tmk_image_decode_with(data, size, name, NULL, image, error);
}

tmk_status tmk_image_read_with(const char *path, const tmk_read_options *options,
                               tmk_image **image, tmk_error *error)
{
    tmk_blob content = {0};
    tmk_status status = tmk_stream_read(path, &content, error);

    *image = NULL;
    if (status == TMK_OK)
        status = tmk_image_decode_with(content.bytes, content.size,
                                       tmk_stream_input_name(path), options, image, error);
    tmk_blob_free(&content);
    return status;
}

tmk_status tmk_image_read(const char *path, tmk_image **image, tmk_error *error)
{
    return tmk_image_read_with(path, NULL, image, error);
}

/* ------------------------------------------------------------- objects in memory */

tmk_picture *tmk_image_picture(tmk_image *image)
{
    return &image->picture;
}

tmk_format tmk_image_format(const tmk_image *image)
{
    return image->format;
}

int tmk_image_is_damaged(const tmk_image *image)
{
    return image->damage.found;
}

int tmk_image_rows(const tmk_image *image)
{
    return image->damage.of;
}

int tmk_image_rows_read(const tmk_image *image)
{
    return image->damage.rows;
}

const char *tmk_image_thumbnail(const tmk_image *image)
{
    return tmk_thumbnail_holder(&image->metadata);
}

const char *tmk_image_lost(const tmk_image *image)
{
    unsigned lost = image->metadata.lost;

    return lost & TMK_LOST_GAINS     ? "a gain map"
           : lost & TMK_LOST_PAGES   ? "further pictures (MPF)"
           : lost & TMK_LOST_TRAILER ? "bytes after the end"
                                     : NULL;
}

tmk_status tmk_image_from_picture(const tmk_picture *picture, tmk_format format,
                                  tmk_image **image, tmk_error *error)
{
    tmk_write_options options = {format, 0, 0};
    tmk_image *self = NULL;
    tmk_status status;

    *image = NULL;
    TMK_TRY(tmk_picture_check(picture, error));
    TMK_TRY(check_options(&options, error));
    self = tmk_calloc(1, sizeof *self);
    if (self == NULL)
        return tmk_fail_memory(error, "an image");
    self->format = format;
    self->orientation = TMK_UPRIGHT;
    self->damage.rows = self->damage.of = picture->height;
    status = tmk_picture_copy(&self->picture, picture, error);
    if (status != TMK_OK)
        tmk_image_free(&self);
    *image = self;
    return status;
}

void tmk_image_free(tmk_image **image)
{
    if (image == NULL || *image == NULL)
        return;
    tmk_picture_release(&(*image)->picture);
    tmk_metadata_free(&(*image)->metadata);
    tmk_blob_free(&(*image)->file);
    tmk_free(*image);
    *image = NULL;
}

/* ---------------------------------------------------------------------- encoding */

tmk_status tmk_file_choose_codec(const tmk_image *image, const char *path, const char *name,
                                 const tmk_write_options *options, const tmk_codec **codec,
                                 tmk_error *error)
{
    tmk_format format = options->format;

    TMK_TRY(check_options(options, error));
    if (format == TMK_FORMAT_UNKNOWN)
        format = tmk_format_of_path(path);
    if (format == TMK_FORMAT_UNKNOWN || format == TMK_FORMAT_AS_READ)
        format = image->format;
    *codec = codec_of(format);
    if (*codec == NULL || (*codec)->encode == NULL)
        return tmk_fail(error, TMK_UNSUPPORTED,
                        "%s: %s files can't be written; name an output that ends in .png, "
                        ".jpg or .webp",
                        name, *codec != NULL ? (*codec)->name : "such");
    return TMK_OK;
}

tmk_target tmk_file_target(const tmk_image *image, const tmk_codec *codec, int quality,
                           const char *name)
{
    static const tmk_blob nothing = {0};
    const tmk_blob *exif = &image->metadata.exif;
    int same_format = image->format == codec->format;
    int keeps_exif = same_format || exif->size <= codec->max_exif;

    return (tmk_target){
        name, image, &image->picture, quality, same_format, keeps_exif ? exif : &nothing,
        /* without the tag that asks for a turn the pixels stay upright */
        keeps_exif && image->orientation != 0 ? image->orientation : TMK_UPRIGHT};
}

tmk_status tmk_file_encode(const tmk_image *image, const tmk_codec *codec, int quality,
                           const char *name, tmk_blob *out, tmk_error *error)
{
    tmk_target target = tmk_file_target(image, codec, quality, name);
    tmk_picture stored = {0};
    tmk_status status = tmk_picture_check(&image->picture, error);

    if (status == TMK_OK && target.orientation != TMK_UPRIGHT) {
        status = tmk_picture_orient(&stored, &image->picture,
                                    tmk_orientation_inverse(target.orientation), error);
        target.picture = &stored;
    }
    if (status == TMK_OK)
        status = codec->encode(&target, out, error);
    tmk_picture_release(&stored);
    return status;
}

int tmk_file_keeps_blocks(const tmk_image *image, const tmk_codec *codec, int quality)
{
    return codec->format == image->format && codec->write_blocks != NULL && quality == 0;
}

tmk_status tmk_file_read_blocks(const tmk_source *source, tmk_format format,
                                tmk_blocks *blocks, tmk_error *error)
{
    return codec_of(format)->read_blocks(source, blocks, error);
}

tmk_status tmk_file_write_blocks(const tmk_image *image, const tmk_blocks *blocks,
                                 const char *name, tmk_blob *out, tmk_error *error)
{
    const tmk_codec *codec = codec_of(image->format);
    tmk_target target = tmk_file_target(image, codec, 0, name);

    return codec->write_blocks(&target, blocks, out, error);
}

tmk_status tmk_image_encode(const tmk_image *image, const tmk_write_options *options,
                            void **data, size_t *size, tmk_error *error)
{
    tmk_write_options defaults;
    const tmk_codec *codec = NULL;
    tmk_blob out = {0};
    tmk_status status;

    *data = NULL;
    *size = 0;
    tmk_write_options_init(&defaults);
    if (options == NULL)
        options = &defaults;
    status = tmk_file_choose_codec(image, NULL, "image", options, &codec, error);
    if (status == TMK_OK)
        status = tmk_file_encode(image, codec, options->quality, "image", &out, error);
    if (status != TMK_OK) {
        tmk_blob_free(&out);
        return status;
    }
    *data = out.bytes;
    *size = out.size;
    return TMK_OK;
}

tmk_status tmk_image_write(const tmk_image *image, const char *path,
                           const tmk_write_options *options, tmk_error *error)
{
    tmk_write_options defaults;
    const char *name = tmk_stream_output_name(path);
    const tmk_codec *codec = NULL;
    tmk_blob out = {0};
    tmk_status status;

    tmk_write_options_init(&defaults);
    if (options == NULL)
        options = &defaults;
    status = tmk_file_choose_codec(image, path, name, options, &codec, error);
    if (status == TMK_OK)
        status = tmk_newfile_check(path, options->overwrite, error);
    if (status == TMK_OK)
        status = tmk_file_encode(image, codec, options->quality, name, &out, error);
    if (status == TMK_OK)
        status = tmk_newfile_write(path, options->overwrite, out.bytes, out.size, NULL, NULL,
                                   error);
    tmk_blob_free(&out);
    return status;
}
