// Command protogen compiles the .proto files below proto/ and writes the Go code
// beside them and the OpenAPI description into openapi.json. It is run by `go
// generate ./dashboards/api`.
//
// The compiler is a Go library and the plugins are tools of this module, so
// neither protoc nor buf is needed; imports of google/api are resolved from the
// descriptors linked into this program, so no copies of them either.
package main

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/bufbuild/protocompile"
	_ "google.golang.org/genproto/googleapis/api/annotations"
	_ "google.golang.org/genproto/googleapis/api/httpbody"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protodesc"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/reflect/protoregistry"
	"google.golang.org/protobuf/types/descriptorpb"
	"google.golang.org/protobuf/types/pluginpb"
)

const root = "proto"

var plugins = []struct{ name, parameter string }{
	{"protoc-gen-go", "paths=source_relative"},
	{"protoc-gen-go-grpc", "paths=source_relative"},
	{"protoc-gen-grpc-gateway", "paths=source_relative"},
	{"protoc-gen-openapiv2", "allow_merge=true,merge_file_name=api,json_names_for_fields=false,disable_service_tags=true,simple_operation_ids=true"},
}

func main() {
	out := flag.String("out", ".", "folder to write into, as it is laid out here")
	flag.Parse()
	if err := generate(context.Background(), *out); err != nil {
		fmt.Fprintln(os.Stderr, "protogen:", err)
		os.Exit(1)
	}
}

// generate reads proto/ below the current folder and writes below out.
func generate(ctx context.Context, out string) error {
	var files []string
	err := filepath.WalkDir(root, func(p string, d fs.DirEntry, err error) error {
		if err == nil && strings.HasSuffix(p, ".proto") {
			files = append(files, strings.TrimPrefix(filepath.ToSlash(p), root+"/"))
		}
		return err
	})
	if err != nil {
		return fmt.Errorf("looking for .proto files: %w", err)
	}
	all, err := compile(ctx, files)
	if err != nil {
		return err
	}
	for _, p := range plugins {
		reply, err := run(ctx, p.name, &pluginpb.CodeGeneratorRequest{FileToGenerate: files, Parameter: &p.parameter, ProtoFile: all})
		if err != nil {
			return fmt.Errorf("running %s: %w", p.name, err)
		}
		for _, f := range reply.File {
			path, content := filepath.Join(root, f.GetName()), []byte(f.GetContent())
			if strings.HasSuffix(path, ".swagger.json") {
				path = "openapi.json"
				if content, err = describe(content, all); err != nil {
					return fmt.Errorf("describing the interface: %w", err)
				}
			}
			path = filepath.Join(out, path)
			if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
				return fmt.Errorf("writing generated code: %w", err)
			}
			if err := os.WriteFile(path, content, 0o644); err != nil {
				return fmt.Errorf("writing generated code: %w", err)
			}
		}
	}
	return nil
}

// compile returns the descriptors of files and of all they import, each after
// what it imports.
func compile(ctx context.Context, files []string) ([]*descriptorpb.FileDescriptorProto, error) {
	linked := protocompile.ResolverFunc(func(path string) (protocompile.SearchResult, error) {
		d, err := protoregistry.GlobalFiles.FindFileByPath(path)
		if err != nil {
			return protocompile.SearchResult{}, err
		}
		return protocompile.SearchResult{Proto: protodesc.ToFileDescriptorProto(d)}, nil
	})
	c := protocompile.Compiler{
		SourceInfoMode: protocompile.SourceInfoStandard,
		Resolver:       protocompile.WithStandardImports(protocompile.CompositeResolver{&protocompile.SourceResolver{ImportPaths: []string{root}}, linked}),
	}
	compiled, err := c.Compile(ctx, files...)
	if err != nil {
		return nil, fmt.Errorf("compiling: %w", err)
	}
	var all []*descriptorpb.FileDescriptorProto
	seen := map[string]bool{}
	var add func(protoreflect.FileDescriptor)
	add = func(f protoreflect.FileDescriptor) {
		if seen[f.Path()] {
			return
		}
		seen[f.Path()] = true
		for i := range f.Imports().Len() {
			add(f.Imports().Get(i).FileDescriptor)
		}
		d := protodesc.ToFileDescriptorProto(f)
		if d.SourceCodeInfo == nil { // which the OpenAPI plugin wants even of what is linked in
			d.SourceCodeInfo = &descriptorpb.SourceCodeInfo{}
		}
		all = append(all, d)
	}
	for i, f := range compiled {
		add(f)
		// The comments, which the OpenAPI description quotes, are in the
		// compiler's own descriptor only.
		if r, ok := compiled[i].(interface {
			FileDescriptorProto() *descriptorpb.FileDescriptorProto
		}); ok {
			for k := range all {
				if all[k].GetName() == f.Path() {
					all[k] = r.FileDescriptorProto()
				}
			}
		}
	}
	return all, nil
}

func run(ctx context.Context, plugin string, request *pluginpb.CodeGeneratorRequest) (*pluginpb.CodeGeneratorResponse, error) {
	in, err := proto.Marshal(request)
	if err != nil {
		return nil, err
	}
	c := exec.CommandContext(ctx, "go", "tool", plugin)
	c.Stdin, c.Stderr = bytes.NewReader(in), os.Stderr
	out, err := c.Output()
	if err != nil {
		return nil, err
	}
	var reply pluginpb.CodeGeneratorResponse
	if err := proto.Unmarshal(out, &reply); err != nil {
		return nil, err
	}
	if reply.Error != nil {
		return nil, errors.New(*reply.Error)
	}
	return &reply, nil
}
