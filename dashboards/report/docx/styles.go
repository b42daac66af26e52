package docx

import (
	"fmt"
	"strings"

	"github.com/uprava/uprava/dashboards/terms"
)

const settings = declaration + `<w:settings` + namespaces + `><w:zoom w:percent="100"/><w:defaultTabStop w:val="709"/><w:characterSpacingControl w:val="doNotCompress"/><w:footnotePr><w:footnote w:id="-1"/><w:footnote w:id="0"/></w:footnotePr><w:compat><w:compatSetting w:name="compatibilityMode" w:uri="http://schemas.microsoft.com/office/word" w:val="15"/></w:compat></w:settings>`

const numbering = declaration + `<w:numbering` + namespaces + `><w:abstractNum w:abstractNumId="0"><w:multiLevelType w:val="singleLevel"/><w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="bullet"/><w:lvlText w:val="–"/><w:lvlJc w:val="left"/><w:pPr><w:ind w:left="425" w:hanging="283"/></w:pPr></w:lvl></w:abstractNum><w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num></w:numbering>`

// header has the number of the page in the middle, from the second page on.
const header = declaration + `<w:hdr` + namespaces + `><w:p><w:pPr><w:pStyle w:val="Header"/><w:jc w:val="center"/></w:pPr><w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText xml:space="preserve"> PAGE </w:instrText></w:r><w:r><w:fldChar w:fldCharType="separate"/></w:r><w:r><w:t>2</w:t></w:r><w:r><w:fldChar w:fldCharType="end"/></w:r></w:p></w:hdr>`

const emptyHeader = declaration + `<w:hdr` + namespaces + `><w:p><w:pPr><w:pStyle w:val="Header"/></w:pPr></w:p></w:hdr>`

// styles are those that the document uses; headings have the names by which Word's
// navigation finds them.
func (x *writer) styles() string {
	locale := "ru-RU"
	if x.lang == terms.EN {
		locale = "en-GB"
	}
	var b strings.Builder
	b.WriteString(declaration + `<w:styles` + namespaces + `><w:docDefaults><w:rPrDefault><w:rPr><w:rFonts w:ascii="Times New Roman" w:hAnsi="Times New Roman" w:eastAsia="Times New Roman" w:cs="Times New Roman"/><w:sz w:val="26"/><w:szCs w:val="26"/><w:lang w:val="` + locale + `" w:eastAsia="` + locale + `" w:bidi="ar-SA"/></w:rPr></w:rPrDefault><w:pPrDefault><w:pPr><w:spacing w:after="100" w:line="264" w:lineRule="auto"/></w:pPr></w:pPrDefault></w:docDefaults>`)
	style := func(id, name, based, extra, paragraph, letters string) {
		if based != "" {
			based = `<w:basedOn w:val="` + based + `"/>`
		}
		fmt.Fprintf(&b, `<w:style w:type="paragraph" w:styleId="%s"%s><w:name w:val="%s"/>%s<w:qFormat/><w:pPr>%s</w:pPr><w:rPr>%s</w:rPr></w:style>`, id, extra, name, based, paragraph, letters)
	}
	heading := func(level int, size, before int) {
		style(fmt.Sprintf("Heading%d", level), fmt.Sprintf("heading %d", level), "Normal", "", fmt.Sprintf(`<w:keepNext/><w:keepLines/><w:spacing w:before="%d" w:after="40" w:line="240" w:lineRule="auto"/><w:outlineLvl w:val="%d"/>`, before, level-1), fmt.Sprintf(`<w:b/><w:sz w:val="%d"/><w:szCs w:val="%d"/>`, size, size))
	}
	style("Normal", "Normal", "", ` w:default="1"`, "", "")
	heading(1, 28, 120)
	heading(2, 24, 50)
	style("Title", "Title", "Normal", "", `<w:keepNext/><w:spacing w:before="100" w:after="40"/><w:jc w:val="center"/>`, `<w:b/><w:sz w:val="34"/><w:szCs w:val="34"/>`)
	style("Subtitle", "Subtitle", "Normal", "", `<w:spacing w:after="120"/><w:jc w:val="center"/>`, `<w:b/><w:sz w:val="28"/><w:szCs w:val="28"/>`)
	style("Quiet", "Quiet", "Normal", "", "", `<w:color w:val="59636E"/><w:sz w:val="22"/><w:szCs w:val="22"/>`)
	style("Notice", "Notice", "Normal", "", `<w:pBdr><w:left w:val="single" w:sz="24" w:space="6" w:color="8A5300"/></w:pBdr><w:shd w:val="clear" w:color="auto" w:fill="FFF3D6"/><w:spacing w:after="40" w:line="240" w:lineRule="auto"/>`, `<w:sz w:val="18"/><w:szCs w:val="18"/>`)
	style("Caption", "caption", "Normal", "", `<w:keepNext/><w:spacing w:before="120" w:after="60"/>`, `<w:b/><w:sz w:val="23"/><w:szCs w:val="23"/>`)
	style("Cell", "Cell", "Normal", "", `<w:spacing w:after="0" w:line="240" w:lineRule="auto"/>`, `<w:sz w:val="18"/><w:szCs w:val="18"/>`)
	style("Compact", "Compact", "Normal", "", `<w:spacing w:after="0" w:line="240" w:lineRule="auto"/>`, `<w:sz w:val="18"/><w:szCs w:val="18"/>`)
	style("Header", "header", "Normal", "", `<w:spacing w:after="0"/>`, `<w:sz w:val="22"/><w:szCs w:val="22"/>`)
	style("Footer", "footer", "Normal", "", `<w:spacing w:after="0"/>`, `<w:color w:val="59636E"/><w:sz w:val="16"/><w:szCs w:val="16"/>`)
	style("FootnoteText", "footnote text", "Normal", "", `<w:spacing w:after="0" w:line="240" w:lineRule="auto"/>`, `<w:sz w:val="16"/><w:szCs w:val="16"/>`)
	b.WriteString(`<w:style w:type="character" w:styleId="FootnoteReference"><w:name w:val="footnote reference"/><w:rPr><w:vertAlign w:val="superscript"/></w:rPr></w:style><w:style w:type="table" w:default="1" w:styleId="TableNormal"><w:name w:val="Normal Table"/><w:tblPr><w:tblInd w:w="0" w:type="dxa"/><w:tblCellMar><w:top w:w="0" w:type="dxa"/><w:left w:w="60" w:type="dxa"/><w:bottom w:w="0" w:type="dxa"/><w:right w:w="60" w:type="dxa"/></w:tblCellMar></w:tblPr></w:style></w:styles>`)
	return b.String()
}
